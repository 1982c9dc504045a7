import type { Bench } from './bench.js';
import { children } from './children/bench.js';
import { cycle } from './cycle/bench.js';
import { fleet } from './fleet/bench.js';
import { lag } from './lag/bench.js';
import { lines } from './lines/bench.js';
import { memory } from './memory/bench.js';
import { parts } from './parts/bench.js';
import { profile } from './profile/bench.js';
import { size } from './size/bench.js';
import { storm } from './storm/bench.js';
import { telemetry } from './telemetry/bench.js';
import { tcp } from './tcp/bench.js';
import { flap } from './unruly/flap.js';
import { silent } from './unruly/silent.js';
import { ws } from './ws/bench.js';

/** In the order of the document. */
export const benches: readonly Bench[] = [
  cycle,
  tcp,
  lines,
  profile,
  ws,
  memory,
  children,
  flap,
  silent,
  storm,
  fleet,
  size,
  parts,
  telemetry,
  lag,
];
