import { stringifyMachine, stringifyState } from '@xstate/inspect/lib/serialize.js';
import { inspect } from '@xstate/inspect/lib/server.js';
import type { DevTools } from './bridge.js';
import type { Facade } from './facade.js';

type Registry = Pick<DevTools, 'register'>;

/** Who gets the frames of a facade. */
export type Recipient = (frame: string, sessionId: string) => void;

export interface Hub {
  /** Shows a facade to one recipient, until it stops. */
  register(facade: Facade, recipient: Recipient): void;
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

/**
 * What the package answers to one who says that it is there, for one facade. The package itself would tell all
 * facades to everybody, at once, each time that anybody says so.
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

/** A hundred actors of one machine are told of with one text. */
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
  // It tells nothing before somebody is there. Whether anybody is, is known elsewhere, and there is nothing to tell yet.
  hear(INSPECTING, false);
  return {
    register(facade, recipient) {
      recipients.set(facade.sessionId, recipient);
      devTools.register(facade);
      // The last listener: the package's are told first.
      facade.onStop(() => void recipients.delete(facade.sessionId));
    },
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
