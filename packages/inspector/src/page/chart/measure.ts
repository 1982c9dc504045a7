import type { Measure } from './sizes.js';

let family: string | undefined;
const canvas = document.createElement('canvas').getContext('2d');

/** Measures texts in the chart's font, as style.css sets it. */
export const measure: Measure = (text, style) => {
  if (canvas === null) return text.length * 7;
  family ??= getComputedStyle(document.body).fontFamily;
  canvas.font = style === 'name' ? `600 13.5px ${family}` : `12px ${family}`;
  return canvas.measureText(text).width;
};
