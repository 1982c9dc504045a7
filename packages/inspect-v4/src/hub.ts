import { inspect } from '@xstate/inspect/lib/server.js';
import type { DevTools } from './bridge.js';
import type { Facade } from './facade.js';

type Registry = Pick<DevTools, 'register'>;

/** Who gets the frames of a facade. */
export type Recipient = (frame: string) => void;

export interface Hub {
  /** Shows a facade to one recipient, until it stops. */
  register(facade: Facade, recipient: Recipient): void;
  /** Somebody watches: all facades are shown again. */
  welcome(): void;
}

const INSPECTING = '{"type":"xstate.inspecting"}';
const SESSION = '"sessionId":"';

let hub: Hub | undefined;

/**
 * The package's own server, made once: it keeps what it makes for the life of the process, and would tell
 * each of all facades. Which frame is for whom is told by the session, the last field of each.
 */
export function theHub(): Hub {
  hub ??= createHub();
  return hub;
}

function createHub(): Hub {
  const recipients = new Map<string, Recipient>();
  const one = {
    readyState: 1,
    OPEN: 1,
    send(frame: string) {
      const start = frame.lastIndexOf(SESSION) + SESSION.length;
      recipients.get(frame.slice(start, frame.indexOf('"', start)))?.(frame);
    },
  };
  let hear: (message: string, isBinary: boolean) => void = () => {};
  const only = { on: (_type: string, listener: typeof hear) => (hear = listener) };
  const devTools = globalDevTools(() =>
    inspect({
      server: {
        clients: [one],
        on: (type: string, listener: (client: typeof only) => void) => {
          if (type === 'connection') listener(only);
        },
      } as never,
    }),
  );
  return {
    register(facade, recipient) {
      recipients.set(facade.sessionId, recipient);
      devTools.register(facade);
      // The last listener: the package's are told first.
      facade.onStop(() => void recipients.delete(facade.sessionId));
    },
    welcome: () => hear(INSPECTING, false),
  };
}

/** The package puts what it makes into a global; it is taken from there, and what was there put back. */
function globalDevTools(make: () => unknown): Registry {
  const scope = globalThis as { __xstate__?: Registry };
  const { __xstate__: before } = scope;
  make();
  const { __xstate__: made } = scope;
  Object.assign(scope, { __xstate__: before });
  return made as Registry;
}
