// Why: docs/decisions/0024-the-inspectors-socket.md
import { type Connector, Continue } from '../core/connector.js';
import { showAddress } from '../core/showAddress.js';
import type { FrameSender } from './frameSender.js';
import type { InspectorWebSocket, Settings } from './options.js';

// For `ws`; a browser's class ignores a third argument. The server has no more to say to us than a command.
const SOCKET_OPTIONS = { perMessageDeflate: false, maxPayload: 65_536 };
const NORMAL_CLOSURE = 1000;

/** A connection to the inspector's server. */
export interface ServerConnection {
  readonly socket: InspectorWebSocket;
  /** Resolves when the socket has closed. */
  readonly closed: Promise<void>;
  /** The socket below, which can be kept from holding the process; only `ws` shows it. */
  transport: { ref(): void; unref(): void } | undefined;
}

/** Opens a WebSocket and lends it to the sender for as long as it is open. */
export function socketConnector(
  settings: Settings,
  sender: FrameSender,
  onMessage: (text: unknown) => void,
): Connector<ServerConnection> {
  return {
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
        // The peer answers when it has read what came before: so this flushes, too.
        quietly(() => connection.socket.close(NORMAL_CLOSURE));
      });
      await connection.closed;
      sender.close();
      return Continue();
    },
    disconnect: terminate,
    // Whatever the class throws: a server may still come.
    isRetryable: () => true,
  };
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
  // A close follows; but in Node an error that nobody hears ends the process.
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

/** Every class has messages; a type that asks for them would shut out that of `ws`. */
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

/** In a listener a throw would end the process; a class that cannot even close is left alone. */
function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // Nobody is there to be told: the app is not to suffer from its inspector.
  }
}
