import { type Channel, Socket } from 'phoenix';
import { type Connector, Continue } from 'schmoozer';
import { isRetryableWebSocketError } from 'schmoozer/websocket';
import { sessionSocket } from './sessionSocket.js';

interface Session extends ReturnType<typeof sessionSocket> {
  readonly phoenix: Socket;
  readonly channel: Channel;
}

/** A Phoenix socket and its channel for each session, which begins when the channel is joined. */
export function phoenixConnector(
  url: string,
  topic: string,
  follow: (channel: Channel) => void,
): Connector<Session> {
  return {
    connect: ({ signal }) =>
      new Promise((opened, failed) => {
        const socket = sessionSocket();
        const phoenix = new Socket(url, {
          transport: socket.WebSocket,
          heartbeatIntervalMs: 15_000,
        });
        const channel = phoenix.channel(topic);
        follow(channel); // before the join: the server may send at once
        channel.onError(socket.cut); // it has crashed, or the heartbeat was not answered
        const refuse = (error: unknown) => {
          channel.leave(); // ends its timers
          phoenix.disconnect(); // the only way to prevent its own reconnect
          socket.cut();
          failed(error);
        };
        channel
          .join(10_000)
          .receive('ok', () => opened({ ...socket, phoenix, channel }))
          .receive('error', (why) => refuse(new Error('the join was refused', { cause: why })))
          .receive('timeout', () => refuse(new Error('the join was not answered')));
        void socket.closed.then(({ error }) => refuse(error));
        signal.addEventListener('abort', () => refuse(signal.reason));
        phoenix.connect();
      }),
    run: (_session, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(Continue()))),
    closed: ({ closed }) => closed,
    async disconnect({ phoenix, channel, gone }) {
      await new Promise((left) => channel.leave(1000).receive('ok', left).receive('timeout', left));
      phoenix.disconnect();
      await gone();
    },
    isRetryable: isRetryableWebSocketError,
  };
}
