import { inspect } from '@xstate/inspect/lib/server.js';
import type { DevTools } from './bridge.js';
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
  close(): void;
}

/** What may wait for one client, in bytes; one that lags further is cut, and may come again. */
const MAX_BUFFERED_BYTES = 8_388_608;
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

/** The package's own server, shielded from its clients: they can ask to watch, and nothing else. */
export function serverTools({ server, origins = [] }: ServerTarget): Tools {
  const clients = new Set<GuardedClient>();
  let isOpen = true;
  let welcome: (client: object) => void = () => {};
  const shield = {
    clients: {
      forEach(send: (client: object) => void) {
        for (const client of clients) send(sparing(client));
      },
    },
    on(type: string, listener: (client: object) => void) {
      if (type === 'connection') welcome = listener;
    },
  };
  const devTools = globalDevTools(() => inspect({ server: shield as never }));
  const onConnection = (client: GuardedClient, { headers }: Request) => {
    // In Node an error that nobody hears ends the process.
    client.on('error', () => {});
    if (!mayWatch(headers.origin, origins)) {
      client.close(POLICY_VIOLATION, 'this origin may not watch');
      return;
    }
    clients.add(client);
    client.on('close', () => void clients.delete(client));
    welcome({
      on: (_type: 'message', listener: (data: string, isBinary: boolean) => void) =>
        client.on('message', (data, isBinary) => {
          if (!isBinary && isInspecting(parse(data.toString()))) {
            listener('{"type":"xstate.inspecting"}', false);
          }
        }),
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
    register: (facade) => devTools.register(facade),
    close() {
      isOpen = false;
      server.off('connection', onConnection);
      for (const client of clients) client.close(GOING_AWAY, 'no longer inspected');
    },
  };
}

/** The package puts what it makes into a global; it is taken from there, and what was there put back. */
function globalDevTools(make: () => unknown): DevTools {
  const scope = globalThis as { __xstate__?: DevTools };
  const { __xstate__: before } = scope;
  make();
  const { __xstate__: made } = scope;
  Object.assign(scope, { __xstate__: before });
  return made as DevTools;
}

/** A client that is cut when it lags too far behind. */
function sparing(client: GuardedClient): object {
  return {
    readyState: client.readyState,
    OPEN: client.OPEN,
    send(text: string) {
      if (client.bufferedAmount > MAX_BUFFERED_BYTES) client.terminate();
      else client.send(text);
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
