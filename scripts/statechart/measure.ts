import type { Measure } from '../../packages/inspector/src/page/chart/sizes.js';

/**
 * The widths of characters in thousandths of the type's size, rounded up: those of DejaVu Sans, the widest of the
 * families that style.ts names. In the others a text is shorter than its room, never longer.
 */
const WIDTHS: readonly (readonly [width: number, characters: string])[] = [
  [300, "'ijlIJ"],
  [340, ' ,./:;\\|'],
  [420, 'f-()[]t!r'],
  [530, '"*_`szc?'],
  [580, 'LFkc'],
  [620, 'vxyPTYoae'],
  [640, 'EhnuSbdgpq0123456789${}'],
  [700, 'KAVXZBRC'],
  [790, 'UNHDGOQ&'],
];
/** Of all others, arrows and the widest letters. */
const WIDEST = 1000;
/** How much wider a name is, which is bold. */
const BOLD = 1.15;

const widthOf = new Map(
  WIDTHS.flatMap(([width, characters]) => characters.split('').map((it) => [it, width] as const)),
);

/** The most that a text takes, in pixels, whatever it is shown with. */
export const measure: Measure = (text, style) => {
  const thousandths = text.split('').reduce((sum, it) => sum + (widthOf.get(it) ?? WIDEST), 0);
  return Math.ceil((thousandths / 1000) * (style === 'name' ? 13.5 * BOLD : 12));
};
