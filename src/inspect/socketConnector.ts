// Why: docs/decisions/0024-the-inspectors-socket.md
import { type Connector, Continue } from '../core/connector.js';
import { showAddress } from '../core/showAddress.js';
import { UNOBSERVED } from '../core/tap.js';
import type { FrameSender } from './frameSender.js';
import type { InspectorWebSocket, Settings } from './options.js';

// For `ws`; a browser's class ignores a third argument. The server sends nothing longer than a command.
const SOCKET_OPTIONS = { perMessageDeflate: false, maxPayload: 65_536 };
const NORMAL_CLOSURE = 1000;

/** A connection to the inspector's server. */
export interface ServerConnection {
  readonly socket: InspectorWebSocket;
  /** Resolves when the socket has closed. */
  readonly closed: Promise<void>;
  /** The underlying socket, which can be unref'ed so that it does not keep the process alive; only `ws` exposes it. */
  transport: { ref(): void; unref(): void } | undefined;
}

/** Opens a WebSocket, and lets the sender use it while it is open. */
export function socketConnector(
  settings: Settings,
  sender: FrameSender,
  onMessage: (text: unknown) => void,
): Connector<ServerConnection> {
  const own: Connector<ServerConnection> & { readonly [UNOBSERVED]: true } = {
    [UNOBSERVED]: true,
    async connect({ signal }) {
      try {
        return await opened(settings, signal);
      } catch (error) {
        sender.close();
        throw error;
      }
    },
    async run(connection, { signal }) {
      if (settings.allowCommands) {
        hear(connection.socket, onMessage);
      }
      sender.open(connection.socket);
      signal.addEventListener('abort', () => {
        connection.transport?.ref();
        quietly(() => sender.finish(connection.socket));
        // The peer answers the close after it has read all earlier data, so this also flushes.
        quietly(() => connection.socket.close(NORMAL_CLOSURE));
      });
      await connection.closed;
      sender.close();
      return Continue();
    },
    disconnect: terminate,
    // Every error is retryable: a server may start later.
    isRetryable: () => true,
  };
  return own;
}

function opened(settings: Settings, signal: AbortSignal): Promise<ServerConnection> {
  return new Promise((resolve, reject) => {
    const connection = open(settings);
    connection.socket.addEventListener('open', () => resolve(connection));
    const nobody = `no inspector listens at ${showAddress(settings.url)}`;
    void connection.closed.then(() => reject(new Error(nobody)));
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
      terminate(connection);
    });
  });
}

function open({ WebSocket, url }: Settings): ServerConnection {
  const socket = new WebSocket(url, [], SOCKET_OPTIONS);
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()));
  // A close follows; but in Node, an error without a listener ends the process.
  socket.addEventListener('error', () => {});
  const connection: ServerConnection = { socket, closed, transport: undefined };
  const emitter = socket as { on?(type: string, listener: (response: Response) => void): void };
  emitter.on?.('upgrade', ({ socket: transport }) => {
    transport.unref();
    connection.transport = transport;
  });
  return connection;
}

interface Response {
  readonly socket: NonNullable<ServerConnection['transport']>;
}

/** Adds the message listener. Every class has messages, but a type that requires them would exclude that of `ws`. */
function hear(socket: InspectorWebSocket, onMessage: (data: unknown) => void): void {
  const emitter = socket as unknown as {
    addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  };
  emitter.addEventListener('message', ({ data }) => onMessage(data));
}

function terminate({ socket }: ServerConnection): void {
  const hard = socket as { terminate?(): void };
  quietly(() => (hard.terminate === undefined ? socket.close() : hard.terminate()));
}

/**
 * Runs the action and ignores errors: in a listener they would end the process. A class that cannot even close is left
 * alone.
 */
function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // The app must not suffer from its inspector.
  }
}
