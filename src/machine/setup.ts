import { assign, type DoneActorEvent, emit, type ErrorActorEvent, sendTo, setup } from 'xstate';
import { connectWork } from '../actors/connectWork.js';
import type { Lease } from '../actors/lease.js';
import { retryDelayWork } from '../actors/retryDelayWork.js';
import { runWork } from '../actors/runWork.js';
import { taskLogic } from '../actors/taskLogic.js';
import type { ControlFlow } from '../core/connector.js';
import type { Redacted } from '../core/redacted.js';
import type { Decision } from '../policy/decide.js';
import { type Action, type ActionName, abortReason, actions } from './actions.js';
import type { Moment, ReconnectContext, ReconnectInput } from './context.js';
import { delays } from './delays.js';
import { guards } from './guards.js';
import type {
  ChildId,
  ReconnectCommand,
  ReconnectEmitted,
  ReconnectOutput,
  ReconnectTag,
  Report,
} from './vocabulary.js';

/** The reports and the results of the user's methods. */
type ChildEvent =
  | DoneActorEvent<Lease, 'connect'>
  | ErrorActorEvent<unknown, 'connect'>
  | DoneActorEvent<ControlFlow<unknown, unknown>, 'run'>
  | ErrorActorEvent<unknown, 'run'>
  | DoneActorEvent<Redacted<Decision>, 'retryDelay'>
  | { readonly type: Report };

/** Binds the chart's names to XState. */
export const reconnectSetup = setup({
  types: {
    context: {} as ReconnectContext,
    input: {} as ReconnectInput,
    output: {} as ReconnectOutput,
    events: {} as ReconnectCommand | ChildEvent,
    emitted: {} as ReconnectEmitted,
    tags: {} as ReconnectTag,
    children: {} as { [Id in ChildId]: Id },
  },
  actors: {
    connect: taskLogic(connectWork),
    run: taskLogic(runWork),
    retryDelay: taskLogic(retryDelayWork),
  },
  delays,
  guards,
  actions: bound(actions),
});

/** The function that XState calls; XState's own helpers create actions that it recognises in another way. */
type BoundAction = (args: unknown) => void;

function bound(table: { readonly [Name in ActionName]: Action }) {
  return Object.fromEntries(
    Object.entries(table).map(([name, action]) => [name, bind(action)]),
  ) as { readonly [Name in ActionName]: BoundAction };
}

function bind(action: Action): unknown {
  switch (action.type) {
    case 'assign':
      return assign(action.update);
    case 'emit':
      return emit(action.announcement);
    case 'abort':
      return sendTo(action.child, (moment: Moment) => abortMessage(action.child, moment));
    case 'ask':
      return sendTo(action.child, { type: 'ask' });
    case 'abandon':
      return ({ self, ...moment }: Moment & { readonly self: Parent }) =>
        self.getSnapshot().children[action.child]?.send(abortMessage(action.child, moment));
  }
}

interface Parent {
  getSnapshot(): {
    readonly children: { readonly [id: string]: { send(event: object): void } | undefined };
  };
}

/** The message that aborts a child's signal with a reason. */
function abortMessage(child: ChildId, moment: Moment) {
  return { type: 'abort' as const, reason: abortReason(child, moment) };
}
