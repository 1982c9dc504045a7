import type { DevTools } from './bridge.js';
import { theHub } from './hub.js';
import { isInspecting } from './isInspecting.js';
import { mayWatch } from './mayWatch.js';

/** A client of a `WebSocketServer` of `ws`. */
export interface GuardedClient {
  readonly readyState: number;
  readonly OPEN: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(type: 'message', listener: (data: { toString(): string }, isBinary: boolean) => void): unknown;
  on(type: 'close' | 'error', listener: () => void): unknown;
}

export interface ServerTarget {
  /** A `WebSocketServer` of `ws`; bind it to 127.0.0.1, since whoever connects can watch. */
  readonly server: {
    on(type: 'connection', listener: (client: GuardedClient, request: Request) => void): unknown;
    on(type: 'close', listener: () => void): unknown;
    off(type: 'connection', listener: (client: GuardedClient, request: Request) => void): unknown;
  };
  /**
   * Pages that may watch, such as `https://stately.ai`. Those that loopback serves may, and so may
   * programs, which send no origin. Default none besides.
   */
  readonly origins?: readonly string[];
}

interface Request {
  readonly headers: { readonly origin?: string | undefined };
}

export interface Tools extends DevTools {
  readonly isOpen: boolean;
  /** Whether anybody watches; otherwise only the last state is kept. */
  readonly isWatched: boolean;
  close(): void;
}

/** What may wait for one client, in bytes; one that lags further is cut, and may come again. */
const MAX_BUFFERED_BYTES = 8_388_608;
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

/** The package's own server, shielded from its clients: they can ask to watch, and nothing else. */
export function serverTools({ server, origins = [] }: ServerTarget): Tools {
  const clients = new Set<GuardedClient>();
  const watchers = new Set<GuardedClient>();
  const hub = theHub();
  let isOpen = true;
  const send = (frame: string) => {
    for (const client of watchers) sendSparingly(client, frame);
  };
  const onConnection = (client: GuardedClient, { headers }: Request) => {
    // In Node an error that nobody hears ends the process.
    client.on('error', () => {});
    if (!mayWatch(headers.origin, origins)) {
      client.close(POLICY_VIOLATION, 'this origin may not watch');
      return;
    }
    clients.add(client);
    client.on('close', () => {
      clients.delete(client);
      watchers.delete(client);
    });
    client.on('message', (data, isBinary) => {
      if (isBinary || !isInspecting(parse(data.toString()))) return;
      watchers.add(client);
      hub.welcome();
    });
  };
  server.on('connection', onConnection);
  server.on('close', () => {
    isOpen = false;
  });
  return {
    get isOpen() {
      return isOpen;
    },
    get isWatched() {
      return watchers.size > 0;
    },
    register: (facade) => hub.register(facade, send),
    close() {
      isOpen = false;
      server.off('connection', onConnection);
      for (const client of clients) client.close(GOING_AWAY, 'no longer inspected');
    },
  };
}

/** A client that lags too far behind is cut. */
function sendSparingly(client: GuardedClient, frame: string): void {
  if (client.bufferedAmount > MAX_BUFFERED_BYTES) client.terminate();
  else if (client.readyState === client.OPEN) client.send(frame);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
