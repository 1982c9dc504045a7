import { stringifyMachine, stringifyState } from '@xstate/inspect/lib/serialize.js';
import { inspect } from '@xstate/inspect/lib/server.js';
import type { DevTools } from './bridge.js';
import type { Facade } from './facade.js';

type Registry = Pick<DevTools, 'register'>;

/** Receives the frames of a facade. */
export type Recipient = (frame: string, sessionId: string) => void;

export interface Hub {
  /** Shows a facade to one recipient, until it stops. */
  register(facade: Facade, recipient: Recipient): void;
}

const INSPECTING = '{"type":"xstate.inspecting"}';
const SESSION = '"sessionId":"';

let hub: Hub | undefined;

/**
 * The package's own server, created once: it keeps what it creates for the life of the process, and would report all
 * facades to each. The session, the last argument of each frame, determines the recipients.
 */
export function theHub(): Hub {
  hub ??= createHub();
  return hub;
}

/**
 * The package's answer for one facade to a client that announces itself. The package would report all facades to all
 * clients each time that any client announces itself.
 */
export function registration({ machine, state, sessionId }: Facade): string {
  const text = machineTexts.get(machine) ?? stringifyMachine(machine);
  machineTexts.set(machine, text);
  return JSON.stringify({
    type: 'service.register',
    machine: text,
    state: stringifyState(state),
    sessionId,
  });
}

/** Stored texts, because many actors share one machine. */
const machineTexts = new WeakMap<object, string>();

function createHub(): Hub {
  const recipients = new Map<string, Recipient>();
  const one = {
    readyState: 1,
    OPEN: 1,
    send(frame: string) {
      const start = frame.lastIndexOf(SESSION) + SESSION.length;
      const sessionId = frame.slice(start, frame.indexOf('"', start));
      recipients.get(sessionId)?.(frame, sessionId);
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
  // The package sends nothing before a client has announced itself. Whether one is connected is tracked elsewhere, and
  // there is nothing to send yet.
  hear(INSPECTING, false);
  return {
    register(facade, recipient) {
      recipients.set(facade.sessionId, recipient);
      devTools.register(facade);
      // Registered last: the package's own listeners are called first.
      facade.onStop(() => void recipients.delete(facade.sessionId));
    },
  };
}

/** The package stores what it creates in a global; this takes it from there, and restores the previous value. */
function globalDevTools(make: () => unknown): Registry {
  const scope = globalThis as { __xstate__?: Registry };
  const { __xstate__: before } = scope;
  make();
  const { __xstate__: made } = scope;
  Object.assign(scope, { __xstate__: before });
  return made as Registry;
}
