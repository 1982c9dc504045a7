import { type Connector, Continue } from '../core/connector.js';
import type { Outlet } from './outlet.js';
import type { InspectorWebSocket, Settings } from './options.js';

// For `ws`; a browser's class ignores a third argument. The server has nothing to say to us.
const SOCKET_OPTIONS = { perMessageDeflate: false, maxPayload: 65_536 };
const NORMAL_CLOSURE = 1000;

/** A connection to the inspector's server. */
export interface Line {
  readonly socket: InspectorWebSocket;
  /** Resolves when the socket has closed. */
  readonly closed: Promise<void>;
  /** The socket below, which can be kept from holding the process; only `ws` shows it. */
  transport: { ref(): void; unref(): void } | undefined;
}

/** Opens a WebSocket and lends it to the outlet for as long as it is open. */
export function socketConnector(settings: Settings, outlet: Outlet): Connector<Line> {
  return {
    async connect({ signal }) {
      try {
        return await opened(settings, signal);
      } catch (error) {
        outlet.close();
        throw error;
      }
    },
    async run(line, { signal }) {
      outlet.open(line.socket);
      signal.addEventListener('abort', () => {
        line.transport?.ref();
        quietly(() => outlet.finish(line.socket));
        // The peer answers when it has read what came before: so this flushes, too.
        quietly(() => line.socket.close(NORMAL_CLOSURE));
      });
      await line.closed;
      outlet.close();
      return Continue();
    },
    disconnect: terminate,
    // Whatever the class throws: a server may still come.
    isRetryable: () => true,
  };
}

function opened(settings: Settings, signal: AbortSignal): Promise<Line> {
  return new Promise((resolve, reject) => {
    const line = open(settings);
    line.socket.addEventListener('open', () => resolve(line));
    void line.closed.then(() => reject(new Error(`no inspector listens at ${settings.url}`)));
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
      terminate(line);
    });
  });
}

function open({ WebSocket, url }: Settings): Line {
  const socket = new WebSocket(url, [], SOCKET_OPTIONS);
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()));
  // A close follows; but in Node an error that nobody hears ends the process.
  socket.addEventListener('error', () => {});
  const line: Line = { socket, closed, transport: undefined };
  const emitter = socket as { on?(type: string, listener: (response: Response) => void): void };
  emitter.on?.('upgrade', ({ socket: transport }) => {
    transport.unref();
    line.transport = transport;
  });
  return line;
}

interface Response {
  readonly socket: NonNullable<Line['transport']>;
}

function terminate({ socket }: Line): void {
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
