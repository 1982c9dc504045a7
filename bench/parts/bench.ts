import type { Bench } from '../bench.js';
import { weigh } from './weigh.js';

export const parts: Bench = {
  name: 'parts',
  title: 'What the root entry is made of',
  method: `Each figure is how much smaller the bundle of the root entry, without XState, becomes without that part, minified and gzipped
as above. Code that two parts share is in neither figure.`,
  variants: [
    { name: 'chart', label: 'the chart', note: '`reconnectMachine.ts`; 0.4 kB are descriptions' },
    { name: 'names', label: 'what its names mean', note: 'guards, updates, events, delays' },
    { name: 'actors', label: 'actors', note: 'connect, run, retryDelay; lease, signals, aborts' },
    { name: 'errors', label: 'errors', note: 'classes, codes, messages' },
    { name: 'verdicts', label: 'verdicts', note: "retryable or fatal, fetch's errors, decisions" },
    { name: 'backoffs', label: 'backoffs', note: 'exponential, constant, sequence, limits' },
    {
      name: 'options',
      label: 'options',
      note: 'defaults, bounds, `resumePoint`, restoring a link',
    },
    { name: 'compiled', label: 'the compiled engine', note: 'its steps are a third; `run`' },
    {
      name: 'entry',
      label: 'actors and their interface',
      note: '`createReconnectActor`, guarded listeners, `opened`, `close`, output, the tap of diagnostics',
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
