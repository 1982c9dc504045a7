import type {
  AnyActorRef,
  MetaObject,
  ParameterizedObject,
  ProvidedActor,
  StateMachine,
} from 'xstate';
import { NotRestorableError } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import type { ReconnectContext, ReconnectInput } from './context.js';
import type { ReconnectCommand, ReconnectEmitted, ReconnectOutput } from './vocabulary.js';
import { reconnectChart } from './chart.js';

/** Where the machine can be: ask with `snapshot.matches(...)`. */
export type ReconnectStateValue =
  | { connecting: 'attempting' | 'stopping' }
  | { running: 'settling' | 'stable' | 'reconnecting' | 'stopping' }
  | { waiting: 'choosing' | 'deciding' | 'delaying' }
  | 'stopped';

/** The public question: ask with `snapshot.hasTag(...)`; states may be split later, tags stay. */
export type ReconnectTag = 'online' | 'offline' | 'stopping';

/** The type of `reconnectMachine`; `TOutput` is what `Break(value)` brings. */
export type ReconnectMachine<TOutput = unknown> = StateMachine<
  ReconnectContext,
  ReconnectCommand,
  Record<'connect' | 'run' | 'retryDelay', AnyActorRef | undefined>,
  ProvidedActor,
  ParameterizedObject,
  ParameterizedObject,
  string,
  ReconnectStateValue,
  ReconnectTag,
  ReconnectInput,
  ReconnectOutput<TOutput>,
  ReconnectEmitted,
  MetaObject,
  // oxlint-disable-next-line typescript/no-explicit-any -- XState's own bound for the schema of states
  any
>;

/**
 * The machine all actors share: invoke or spawn it in a machine of your own, with the connector in
 * `input`. One that comes back from a serializer has lost its connector, and says so when it starts.
 */
export const reconnectMachine: ReconnectMachine = refusingRestored(
  reconnectChart as unknown as ReconnectMachine,
);

function refusingRestored(machine: ReconnectMachine): ReconnectMachine {
  // oxlint-disable-next-line typescript/unbound-method -- XState's constructor binds it
  const { start } = machine;
  machine.start = (snapshot) => {
    if (!(snapshot.context.settings instanceof Redacted)) throw new NotRestorableError();
    start(snapshot);
  };
  return machine;
}
