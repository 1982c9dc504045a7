import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Continue, run } from 'schmoozer';
import { connectLimiter, fixedPace, type KeyedLimiter } from 'schmoozer/limiter';
import { closed, tcpConnector } from 'schmoozer/tcp';
import { defaultDelayMs } from '../defaultDelayMs.js';

const host = '127.0.0.1';

export interface Listeners {
  readonly onUp: () => void;
  readonly onDown: () => void;
}

/** With a limiter: attempts per second. */
export const LIMITED_PER_SECOND = 2000;

/** Each keeps one connection up for as long as the process lives, and reports when it is, and when it is gone. */
export const loops: Readonly<Record<string, (port: number, listeners: Listeners) => unknown>> = {
  /** The sockets alone: they do not come back. */
  bare: (port, listeners) => open(port, listeners, () => {}),
  async hand(port, { onUp, onDown }) {
    let attempt = 0;
    for (;;) {
      let isUp = false;
      const up = () => {
        isUp = true;
        onUp();
      };
      await new Promise<void>((resolve) => open(port, { onUp: up, onDown }, resolve));
      attempt = isUp ? 1 : attempt + 1;
      await sleep(defaultDelayMs(attempt, Math.random));
    }
  },
  schmoozer: (port, listeners) => run(connectorTo(port, listeners)),
  limited(port, listeners) {
    limiter ??= connectLimiter({ pace: fixedPace({ perSecond: LIMITED_PER_SECOND, burst: 20 }) });
    return run(connectorTo(port, listeners), { limiter });
  },
};

let limiter: KeyedLimiter | undefined;

function open(port: number, { onUp, onDown }: Listeners, onClose: () => void): void {
  const socket = connect({ host, port });
  let isUp = false;
  socket.on('connect', () => {
    isUp = true;
    onUp();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    if (isUp) onDown();
    onClose();
  });
  socket.resume();
}

function connectorTo(port: number, { onUp, onDown }: Listeners) {
  return tcpConnector({
    host,
    port,
    async run(socket) {
      onUp();
      socket.once('close', onDown);
      socket.resume();
      await closed(socket);
      return Continue();
    },
  });
}
