import type { Attributes } from '../elements.js';

/** Creates the parts of a drawing: elements on a page, text in a file. */
export type Pen<TPart> = (
  tag: keyof SVGElementTagNameMap,
  attributes: Attributes,
  ...children: (TPart | string)[]
) => TPart;
