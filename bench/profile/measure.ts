import { loops as cycles } from '../cycle/loops.js';
import type { Measure } from '../bench.js';
import { startServer } from '../serverProcess.js';
import { loops as reconnects } from '../tcp/loops.js';
import { profiled } from './profiled.js';

export const measure: Measure = async ({ variant, size }) => {
  const [bench, name = ''] = variant.split(' ');
  if (bench === 'cycle') {
    const live = cycles[name];
    if (!live) throw new Error(`no variant ${variant}`);
    const { cycles: count = 1 } = size;
    await live(count);
    return profiled(() => live(count), count);
  }
  const live = reconnects[name];
  if (!live) throw new Error(`no variant ${variant}`);
  const { sessions = 1 } = size;
  const server = await startServer('tcp/server.js');
  await live(server.port, sessions);
  const sample = await profiled(() => live(server.port, sessions), sessions);
  await server.kill();
  return sample;
};
