import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Continue, run } from 'schmoozer';
import { closed, tcpConnector } from 'schmoozer/tcp';
import { defaultDelayMs } from '../defaultDelayMs.js';

const host = '127.0.0.1';

/** Each keeps one connection up for as long as the process lives, and tells when it is. */
export const loops: Readonly<Record<string, (port: number, onUp: () => void) => unknown>> = {
  async hand(port, onUp) {
    let attempt = 0;
    for (;;) {
      let isUp = false;
      await new Promise<void>((resolve) => {
        const socket = connect({ host, port });
        socket.on('connect', () => {
          isUp = true;
          onUp();
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve());
        socket.resume();
      });
      attempt = isUp ? 1 : attempt + 1;
      await sleep(defaultDelayMs(attempt, Math.random));
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
