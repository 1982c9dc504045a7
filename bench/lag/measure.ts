import { EventEmitter, once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Measure } from '../bench.js';
import { collectGarbage } from '../collectGarbage.js';
import { startServer } from '../serverProcess.js';
import { loops } from './loops.js';

const MONITOR_RESOLUTION_MS = 1;
const NS_PER_MS = 1e6;
/** Descriptors of the process itself. */
const SPARE = 200;
/** Connects in one turn of the event loop, so that the listener's queue does not overflow. */
const AT_ONCE = 100;

export const measure: Measure = async ({ variant, size }) => {
  const loop = loops[variant];
  if (!loop) throw new Error(`no variant ${variant}`);
  const connections = Math.min(size['connections'] ?? 1, openFiles() - SPARE);
  const doesComeBack = variant !== 'bare';
  const server = await startServer('lag/server.js');
  const clients = new EventEmitter();
  let up = 0;
  const onUp = () => {
    up += 1;
    if (up % connections === 0) clients.emit('all');
  };
  let down = 0;
  const onDown = () => {
    down += 1;
    if (down === connections) clients.emit('allDown');
  };
  const allUp = once(clients, 'all');
  for (let i = 0; i < connections; i++) {
    void loop(server.port, { onUp, onDown });
    if (i % AT_ONCE === 0) await nextTurn();
  }
  await allUp;
  await nextTurn();
  collectGarbage();

  const delay = monitorEventLoopDelay({ resolution: MONITOR_RESOLUTION_MS });
  const allBack = doesComeBack ? once(clients, 'all') : undefined;
  const allDown = once(clients, 'allDown');
  const cpuBefore = process.cpuUsage();
  delay.enable();
  const startMs = performance.now();
  server.send('drop');
  await allDown;
  const later = monitorEventLoopDelay({ resolution: MONITOR_RESOLUTION_MS });
  // What is still due from the last close belongs to it.
  await nextTurn();
  await nextTurn();
  later.enable();
  await allBack;
  const allBackMs = doesComeBack ? performance.now() - startMs : null;
  later.disable();
  delay.disable();
  const { user, system } = process.cpuUsage(cpuBefore);
  await server.kill();
  return {
    p99Ms: delay.percentile(99) / NS_PER_MS,
    maxMs: delay.max / NS_PER_MS,
    laterMs: later.max / NS_PER_MS,
    allBackMs,
    cpuUs: (user + system) / connections,
    connections,
  };
};

/** How many descriptors this process may have open. */
function openFiles(): number {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft?: number | 'unlimited' } };
  };
  const limit = userLimits?.open_files?.soft;
  return typeof limit === 'number' ? limit : Infinity;
}
