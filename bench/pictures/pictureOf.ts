import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** A plot as a file that stands alone, and is dark where the reader's page is. */
export function pictureOf(title: string, options: Plot.PlotOptions): string {
  const { document } = parseHTML('<html><body></body></html>');
  const plot = Plot.plot({ ...options, document: document as unknown as Document });
  // Its own look is for pages.
  plot.querySelector('style')?.remove();
  for (const name of ['class', 'font-family', 'font-size', 'fill']) plot.removeAttribute(name);
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  plot.setAttribute('role', 'img');
  plot.insertAdjacentHTML('afterbegin', `<title>${title}</title><style>${STYLE}</style>`);
  return `${plot.outerHTML}\n`;
}

/** Colours by what is drawn; Plot takes `var(…)` for one. */
export const ink = {
  ours: 'var(--ours)',
  peer: 'var(--peer)',
  quiet: 'var(--quiet)',
  paper: 'var(--paper)',
};

const STYLE = `
svg { --paper: #ffffff; --ink: #20242c; --quiet: #616875; --ours: #08765a; --peer: #b4530a;
background: var(--paper); color: var(--ink); fill: var(--ink); font: 13px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
svg { --paper: #12151a; --ink: #e8eaee; --quiet: #9ba3b2; --ours: #4fd6ad; --peer: #f0a35b; }
}
`;
