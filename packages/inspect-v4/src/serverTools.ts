import type { DevTools } from './bridge.js';
import type { Facade } from './facade.js';
import { theHub } from './hub.js';
import { isInspecting } from './isInspecting.js';
import { limits } from './limits.js';
import { mayWatch } from './mayWatch.js';
import { Watcher } from './watcher.js';

/** A client's message: a `Buffer`, which is the default of `ws`. */
interface Data {
  readonly length: number;
  toString(): string;
}

/** A client of a `WebSocketServer` of `ws`. */
export interface GuardedClient {
  /** Equal to `OPEN` while it can be sent to. */
  readonly readyState: number;
  /** The value of `readyState` while the client is open. */
  readonly OPEN: number;
  /** Bytes that wait to go out. */
  readonly bufferedAmount: number;
  /** Sends a message as text. */
  send(text: string): void;
  /** Begins the closing handshake. */
  close(code: number, reason: string): void;
  /** Drops the connection. */
  terminate(): void;
  /** Calls `listener` with each message. */
  on(type: 'message', listener: (data: Data, isBinary: boolean) => void): unknown;
  /** Calls `listener` at the end, or when the client has failed. */
  on(type: 'close' | 'error', listener: () => void): unknown;
}

/** Tools in a program or a page, which connect to a server of this process. */
export interface ServerTarget {
  /** A `WebSocketServer` of `ws`; bind it to 127.0.0.1, because every client that connects can watch. */
  readonly server: {
    on(type: 'connection', listener: (client: GuardedClient, request: Request) => void): unknown;
    on(type: 'close', listener: () => void): unknown;
    off(type: 'connection', listener: (client: GuardedClient, request: Request) => void): unknown;
  };
  /**
   * Origins of pages that may watch, such as `https://stately.ai`. Pages served from loopback always may, and so may
   * programs, which send no origin. Default: no others.
   */
  readonly origins?: readonly string[];
}

interface Request {
  readonly headers: { readonly origin?: string | undefined };
}

export interface Tools extends DevTools {
  readonly isOpen: boolean;
  /** True while a client watches; otherwise only the last state is kept. */
  readonly isWatched: boolean;
  close(): void;
}

const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;
const GOING_AWAY = 1001;

/** The package's own server, protected from its clients: they can ask to watch, and nothing else. */
export function serverTools({ server, origins = [] }: ServerTarget): Tools {
  const clients = new Set<GuardedClient>();
  const watchers = new Map<GuardedClient, Watcher>();
  const facades = new Map<string, Facade>();
  const hub = theHub();
  let isOpen = true;
  const send = (frame: string, sessionId: string) => {
    for (const watcher of watchers.values()) watcher.send(frame, sessionId);
  };
  const welcome = (client: GuardedClient) => {
    let watcher = watchers.get(client);
    if (watcher === undefined) {
      if (watchers.size >= limits.watchers) {
        client.close(TRY_AGAIN_LATER, 'too many watch');
        return;
      }
      watcher = new Watcher(client, facades);
      watchers.set(client, watcher);
    }
    watcher.hello();
  };
  const onConnection = (client: GuardedClient, { headers }: Request) => {
    // In Node an error without a listener ends the process.
    client.on('error', () => {});
    if (!mayWatch(headers.origin, origins)) {
      client.close(POLICY_VIOLATION, 'this origin may not watch');
      return;
    }
    clients.add(client);
    client.on('close', () => {
      clients.delete(client);
      watchers.get(client)?.close();
      watchers.delete(client);
    });
    client.on('message', (data, isBinary) => {
      if (!isBinary && data.length <= limits.messageBytes && isInspecting(parse(data.toString()))) {
        welcome(client);
      }
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
    register(facade) {
      const { sessionId } = facade;
      hub.register(facade, send);
      facades.set(sessionId, facade);
      facade.onStop(() => {
        facades.delete(sessionId);
        for (const watcher of watchers.values()) watcher.forget(sessionId);
      });
    },
    close() {
      isOpen = false;
      for (const watcher of watchers.values()) watcher.close();
      server.off('connection', onConnection);
      for (const client of clients) client.close(GOING_AWAY, 'no longer inspected');
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
