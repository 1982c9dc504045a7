import { once } from 'node:events';
import { connect } from 'node:net';
import type { Measure } from '../bench.js';
import { collectGarbage } from '../collectGarbage.js';
import { startServer } from '../serverProcess.js';
import { readers } from './readers.js';

const SHORT_BYTES = 100;

export const measure: Measure = async ({ variant, size }) => {
  const { bytes = SHORT_BYTES } = size;
  const read = readers[variant];
  if (!read) throw new Error(`no variant ${variant}`);
  const server = await startServer('lines/server.js');

  const time = async (lineBytes: number) => {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    collectGarbage();
    const startMs = performance.now();
    socket.write(`${bytes} ${lineBytes}`);
    let length = 0;
    for await (const line of read(socket)) length += line.length + 1;
    const wallMs = performance.now() - startMs;
    if (length !== bytes) throw new Error(`${length} bytes came of ${bytes}`);
    return wallMs;
  };

  // Unmeasured: code is compiled and both processes have grown.
  await time(bytes);
  await time(SHORT_BYTES);
  const sample = { oneMs: await time(bytes), manyMs: await time(SHORT_BYTES) };
  await server.kill();
  return sample;
};
