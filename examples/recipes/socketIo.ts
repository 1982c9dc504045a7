import { type Connector, Continue } from 'schmoozer';
import type { Socket } from 'socket.io-client';

/**
 * One Socket.IO socket, created by `io(url, { autoConnect: false, reconnection: false })`, which the link connects. Its
 * listeners stay over all sessions.
 */
export function socketIoConnector(socket: Socket): Connector<Socket> {
  return {
    connect: ({ signal }) =>
      new Promise((opened, failed) => {
        const settle = () => socket.off('connect', connected).off('connect_error', refused);
        const connected = () => {
          settle();
          opened(socket);
        };
        const refused = (error: Error) => {
          settle();
          socket.disconnect();
          failed(error);
        };
        socket.on('connect', connected).on('connect_error', refused).connect();
        signal.addEventListener('abort', () => !socket.connected && refused(signal.reason));
      }),
    run: (_socket, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(Continue()))),
    closed: () =>
      new Promise((resolve) => {
        if (!socket.connected) resolve();
        socket.once('disconnect', (reason) => resolve({ error: new Error(reason) }));
      }),
    disconnect: () => void socket.disconnect(),
  };
}
