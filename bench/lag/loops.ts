import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Continue, run } from 'schmoozer';
import { closed, tcpConnector } from 'schmoozer/tcp';

const host = '127.0.0.1';

/** The same delay as ours by default: full jitter from 0.1 s to a ceiling of 1 s that doubles up to 30 s. */
const delayMs = (attempt: number) =>
  100 + Math.random() * (Math.min(30_000, 1000 * 2 ** (attempt - 1)) - 100);

/** Each keeps one connection up for as long as the process lives, and tells when it is. */
export const loops: Readonly<Record<string, (port: number, onUp: () => void) => unknown>> = {
  async hand(port, onUp) {
    for (let attempt = 1; ; attempt++) {
      await new Promise<void>((resolve) => {
        const socket = connect({ host, port });
        socket.on('connect', () => {
          attempt = 0;
          onUp();
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve());
        socket.resume();
      });
      await sleep(delayMs(attempt + 1));
    }
  },
  schmoozer(port, onUp) {
    const connector = tcpConnector({
      host,
      port,
      async run(socket) {
        onUp();
        socket.resume();
        await closed(socket);
        return Continue();
      },
    });
    return run(connector);
  },
};
