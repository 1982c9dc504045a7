import type { Measure } from '../bench.js';
import { collectGarbage } from '../collectGarbage.js';
import { startServer } from '../serverProcess.js';
import { loops } from './loops.js';

export const measure: Measure = async ({ variant, size }) => {
  const { warmUp = 1, sessions = 1 } = size;
  const live = loops[variant];
  if (!live) throw new Error(`no variant ${variant}`);
  const server = await startServer('tcp/server.js');
  await live(server.port, warmUp);
  collectGarbage();
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  await live(server.port, sessions);
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  await server.kill();
  return { wallUs: (wallMs * 1000) / sessions, cpuUs: (user + system) / sessions };
};
