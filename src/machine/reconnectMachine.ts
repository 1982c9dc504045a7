// Why: docs/decisions/0085-no-actors-to-provide.md
import type { AnyActorLogic, AnyActorRef, MetaObject, ProvidedActor, StateMachine } from 'xstate';
import { NotRestorableError } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import { tap } from '../core/tap.js';
import { type ActionName, inputs } from './actions.js';
import { chart } from './chart.js';
import { createContext, type ReconnectContext, type ReconnectInput } from './context.js';
import type { DelayName } from './delays.js';
import type { GuardName } from './guards.js';
import { finalOutput, withFacts } from './output.js';
import { reconnectSetup } from './setup.js';
import { tapActor } from './tapActor.js';
import type {
  ChildId,
  ReconnectCommand,
  ReconnectEmitted,
  ReconnectOutput,
  ReconnectStateValue,
  ReconnectTag,
} from './vocabulary.js';

/** The type of `reconnectMachine`; `TOutput` is the value of `Break(value)`. */
export type ReconnectMachine<TOutput = unknown, TInput = ReconnectInput> = StateMachine<
  ReconnectContext,
  ReconnectCommand,
  { [Id in ChildId]: AnyActorRef | undefined },
  { [Id in ChildId]: OwnActor<Id> }[ChildId],
  Named<ActionName>,
  Named<GuardName>,
  DelayName,
  ReconnectStateValue,
  ReconnectTag,
  TInput,
  ReconnectOutput<TOutput>,
  ReconnectEmitted,
  MetaObject,
  // oxlint-disable-next-line typescript/no-explicit-any -- XState's own bound for the schema of states
  any
>;

interface OwnActor<TId extends ChildId> extends ProvidedActor {
  readonly src: TId;
  readonly logic: ConnectorLogic;
}

/**
 * The logic that calls the connector. It exists only in types: `provide` accepts no other logic, because no other logic
 * owns a connection.
 */
interface ConnectorLogic extends AnyActorLogic {
  readonly callsTheConnector: true;
}

/** A name of the chart, as XState's types represent actions and guards: `provide` accepts no other name. */
type Named<TName extends string> = { [Name in TName]: { type: Name; params: undefined } }[TName];

/**
 * The machine that all actors share: invoke or spawn it in your own machine, with the connector in `input`. A machine
 * restored from a snapshot has lost its connector, and fails when it starts.
 */
export const reconnectMachine: ReconnectMachine = machineOf(
  ({ input }) => createContext(input as ReconnectInput),
  () => {
    throw new NotRestorableError();
  },
);

/** The values from which XState creates the context. */
export interface Birth {
  readonly input: unknown;
  readonly self: { readonly id: string };
}

type Initial = ReconnectMachine['getInitialSnapshot'];
type Kept = Parameters<ReconnectMachine['restoreSnapshot']>[0];
type Scope = Parameters<Initial>[0];

/** @param restore returns a snapshot to start from; if it throws, the actor throws the same when it is started */
export function machineOf(
  context: (birth: Birth) => ReconnectContext,
  restore: (kept: Kept, scope: Scope, initial: Initial) => ReturnType<Initial>,
): ReconnectMachine {
  const output = (moment: { readonly context: ReconnectContext }) => finalOutput(moment.context);
  // The chart's own type has already checked its names.
  const config = { ...withInputs(chart), context, output } as never;
  return guarded(reconnectSetup.createMachine(config) as unknown as ReconnectMachine, restore);
}

interface StateConfig {
  readonly description: string;
  readonly invoke?: { readonly src: ChildId };
  readonly states?: { readonly [name: string]: StateConfig };
}

/** Adds the `inputs` of the children to the chart, which cannot contain functions because it is data. */
function withInputs({ invoke, states, ...rest }: StateConfig): object {
  return {
    ...rest,
    ...(invoke && { invoke: { ...invoke, input: inputs[invoke.src] } }),
    ...(states && {
      states: Object.fromEntries(
        Object.entries(states).map(([name, state]) => [name, withInputs(state)]),
      ),
    }),
  };
}

/** Adds missing behaviour to XState's machine, and to every machine that `provide` creates from it. */
function guarded(
  machine: ReconnectMachine,
  restore: Parameters<typeof machineOf>[1],
): ReconnectMachine {
  // oxlint-disable-next-line typescript/unbound-method -- XState's constructor binds them
  const { start, transition, getInitialSnapshot, getPersistedSnapshot, restoreSnapshot, provide } =
    machine;
  // XState's type of `start` lacks the second parameter, which every logic receives.
  const begin = (snapshot: Parameters<typeof start>[0], { self }: Scope) => {
    const { settings } = snapshot.context;
    if (!(settings instanceof Redacted)) throw settings;
    tapActor(self, snapshot.context);
    start(snapshot);
  };
  machine.start = begin as typeof start;
  machine.transition = (snapshot, event, scope) => {
    if ((event.type as string) === 'xstate.stop') tap()?.halted(scope.self);
    return transition(snapshot, event, scope);
  };
  machine.getPersistedSnapshot = (snapshot, options) => {
    const persisted = getPersistedSnapshot(snapshot, options) as { output?: ReconnectOutput };
    const { output } = persisted;
    return { ...persisted, ...(output && { output: withFacts(output) }) } as never;
  };
  machine.restoreSnapshot = (kept, scope) => {
    let end: object = kept;
    if (kept.status !== 'done' && kept.status !== 'error') {
      try {
        return restore(kept, scope, getInitialSnapshot);
      } catch (error) {
        // XState does not start a restored child that has failed, and its parent would not be notified.
        end = { status: 'active', context: { settings: error } };
      }
    }
    return restoreSnapshot({ ...end, value: 'stopped', children: {} } as never, scope);
  };
  machine.provide = (implementations) => guarded(provide.call(machine, implementations), restore);
  return machine;
}
