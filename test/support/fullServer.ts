import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

const FILLERS = 8;

// Listens, then blocks its thread, so that the system's queue of connections is never emptied.
const source = `
  const { createServer } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(workerData), 0, 0));
  });
`;

/** A port at which a connect stays pending: the server's queue is full, and it accepts nobody. */
export async function fullServer(): Promise<number> {
  const lock = new SharedArrayBuffer(4);
  const worker = new Worker(source, { eval: true, workerData: lock });
  const fillers: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of fillers) socket.destroy();
    Atomics.store(new Int32Array(lock), 0, 1);
    Atomics.notify(new Int32Array(lock), 0);
    await worker.terminate();
  });
  const [port] = (await once(worker, 'message')) as [number];
  for (let i = 0; i < FILLERS; i++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    fillers.push(socket);
  }
  await once(fillers[0] as Socket, 'connect');
  return port;
}
