import type { Bench } from '../bench.js';
import { weigh } from './weigh.js';

export const parts: Bench = {
  name: 'parts',
  title: 'What the root entry is made of',
  method: `The root entry is bundled without XState, minified and gzipped as above: once whole, and once without each part. Each figure is
the difference in bytes. Code that two parts share is in neither figure.`,
  variants: [
    { name: 'chart', label: 'the chart', note: '`chart.ts`; 0.4 kB are descriptions' },
    { name: 'names', label: 'what its names mean', note: 'guards, updates, events, delays' },
    {
      name: 'actors',
      label: 'children that call the connector',
      note: 'connect, run, retryDelay; lease, signals, aborts',
    },
    { name: 'errors', label: 'errors', note: 'classes, codes, messages' },
    { name: 'verdicts', label: 'verdicts', note: "retryable or fatal, fetch's errors, decisions" },
    { name: 'backoffs', label: 'backoffs', note: 'exponential, constant, sequence, limits' },
    {
      name: 'options',
      label: 'options',
      note: 'defaults, bounds, `resumePoint`, restoring a link',
    },
    {
      name: 'compiled',
      label: 'the compiled engine',
      note: '`run`; a third is the generated steps',
    },
    {
      name: 'entry',
      label: 'the link from outside',
      note: '`createReconnectActor`, guarded listeners, `opened`, `close`, output, the hook that diagnostics uses',
    },
    { name: 'exports', label: 'public names', note: 'they cannot be minified' },
  ],
  columns: [{ metric: 'bytes', label: 'bytes', digits: 0 }],
  targets: [],
  notes: 'what it is',
  rounds: 1,
  size: {},
  tiny: {},
  packages: ['esbuild'],
  run: weigh,
};
