import PartySocket, { type Options as PartySocketOptions } from 'partysocket/ws';
import reconnecting, { type Options as ReconnectingOptions } from 'reconnecting-websocket';
import { constantBackoff, Continue, run, type RunOptions } from 'schmoozer';
import { webSocketConnector } from 'schmoozer/websocket';
import { io } from 'socket.io-client';
import type { StartClient } from './client.js';
import { countingWebSocket } from './countingWebSocket.js';

// Its types say that the class is a property of what is imported; it is what is imported.
const ReconnectingWebSocket = reconnecting as unknown as typeof reconnecting.default;

const urlOf = (port: number) => `ws://127.0.0.1:${port}/`;
const always = (delayMs: number) => ({
  minReconnectionDelay: delayMs,
  maxReconnectionDelay: delayMs,
  reconnectionDelayGrowFactor: 1,
});

/** Clients of a WebSocket server, each with a delay that stays the same, or with its defaults. */
export const webSockets = {
  /** As amqp-connection-manager does it, and many a hand-written loop. */
  fixedDelay({ port, delayMs = 5000, onUp, onAttempt }) {
    const WebSocket = countingWebSocket(onAttempt);
    const open = () => {
      const socket = new WebSocket(urlOf(port));
      socket.on('open', () => onUp?.());
      socket.on('error', () => {});
      socket.on('close', () => setTimeout(open, delayMs));
    };
    open();
  },
  partysocket({ port, delayMs, onUp, onAttempt }) {
    const options: PartySocketOptions = {
      WebSocket: countingWebSocket(onAttempt),
      ...(delayMs !== undefined && always(delayMs)),
    };
    new PartySocket(urlOf(port), [], options).addEventListener('open', () => onUp?.());
  },
  'reconnecting-websocket'({ port, delayMs, onUp, onAttempt }) {
    const options: ReconnectingOptions = {
      WebSocket: countingWebSocket(onAttempt),
      ...(delayMs !== undefined && always(delayMs)),
    };
    const socket = new ReconnectingWebSocket(urlOf(port), [], options);
    socket.addEventListener('open', () => onUp?.());
    socket.addEventListener('error', () => {});
  },
  'socket.io-client'({ port, delayMs, onUp, onAttempt }) {
    const socket = io(`http://127.0.0.1:${port}`, {
      transports: ['websocket'],
      ...(delayMs !== undefined && {
        reconnectionDelay: delayMs,
        reconnectionDelayMax: delayMs,
        randomizationFactor: 0,
      }),
    });
    socket.on('connect', () => onUp?.());
    socket.io.on('reconnect_attempt', () => onAttempt?.());
  },
  schmoozer: schmoozer({}),
  'schmoozer-patient': schmoozer({ connectTimeoutMs: 30_000 }),
} satisfies Record<string, StartClient>;

function schmoozer(options: RunOptions): StartClient {
  return ({ port, delayMs, onUp, onAttempt }) => {
    const connector = webSocketConnector({
      url: urlOf(port),
      WebSocket: countingWebSocket(onAttempt),
      async run(session) {
        onUp?.();
        await session.closed;
        return Continue();
      },
    });
    return run(connector, {
      ...options,
      ...(delayMs !== undefined && { backoff: constantBackoff(delayMs) }),
    });
  };
}
