import { connect, type Socket } from 'node:net';
import { Break, constantBackoff, Continue, run } from 'schmoozer';
import { closed, tcpConnector } from 'schmoozer/tcp';
import { leanLogic } from '../charts/leanLogic.js';
import { loopChart } from '../charts/loopChart.js';
import { runChart } from '../charts/runChart.js';

const host = '127.0.0.1';

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** Reads until the server has hung up. */
function ended(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.resume();
  });
}

/** Each connects so many times, one after the other. */
export const loops: Readonly<Record<string, (port: number, sessions: number) => Promise<unknown>>> =
  {
    async hand(port, sessions) {
      for (let left = sessions; left > 0;) {
        try {
          await ended(await open(port));
          left -= 1;
        } catch {
          // The next round of the loop is the retry.
        }
      }
    },
    chart(port, sessions) {
      let left = sessions;
      let socket: Socket;
      const dial = async () => (socket = await open(port));
      const serve = async () => {
        await ended(socket);
        return --left > 0 ? Continue() : Break();
      };
      return runChart(loopChart(leanLogic, dial, serve));
    },
    schmoozer(port, sessions) {
      let left = sessions;
      const connector = tcpConnector({
        host,
        port,
        async run(socket) {
          socket.resume();
          await closed(socket);
          return --left > 0 ? Continue() : Break(undefined);
        },
      });
      return run(connector, { backoff: constantBackoff(0) });
    },
  };
