import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measure } from '../bench.js';
import type { StartClient } from '../clients/client.js';
import { webSockets } from '../clients/webSockets.js';
import { startServer } from '../serverProcess.js';

export const measure: Measure = async ({ variant, size }) => {
  const { delayMs = 1, downMs = 1 } = size;
  const start = (webSockets as Readonly<Record<string, StartClient>>)[variant];
  if (!start) throw new Error(`no variant ${variant}`);
  const kind = variant === 'socket.io-client' ? 'socket.io' : 'plain';
  const server = await startServer('ws/server.js', kind, '0');

  const client = new EventEmitter();
  let attempts = 0;
  const isUp = once(client, 'up');
  start({
    port: server.port,
    delayMs,
    onUp: () => client.emit('up'),
    onAttempt: () => void (attempts += 1),
  });
  await isUp;
  attempts = 0;
  const isBack = once(client, 'up').then(() => performance.now());
  await server.kill();
  const killedMs = performance.now();
  await sleep(downMs);
  const restarted = await startServer('ws/server.js', kind, String(server.port));
  const listeningMs = performance.now();
  const backMs = await isBack;
  await restarted.kill();
  // The report that the server listens may come a moment later than the client does.
  return {
    backMs: Math.max(0, backMs - listeningMs),
    downMs: listeningMs - killedMs,
    attempts,
  };
};
