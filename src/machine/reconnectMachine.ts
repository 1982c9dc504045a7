import type { AnyActorRef, MetaObject, ProvidedActor, StateMachine } from 'xstate';
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

/** The type of `reconnectMachine`; `TOutput` is what `Break(value)` brings. */
export type ReconnectMachine<TOutput = unknown> = StateMachine<
  ReconnectContext,
  ReconnectCommand,
  { [Id in ChildId]: AnyActorRef | undefined },
  { [Id in ChildId]: ProvidedActor & { readonly src: Id } }[ChildId],
  Named<ActionName>,
  Named<GuardName>,
  DelayName,
  ReconnectStateValue,
  ReconnectTag,
  ReconnectInput,
  ReconnectOutput<TOutput>,
  ReconnectEmitted,
  MetaObject,
  // oxlint-disable-next-line typescript/no-explicit-any -- XState's own bound for the schema of states
  any
>;

/** A name of the chart, as XState writes actions and guards in types: `provide` takes no other. */
type Named<TName extends string> = { [Name in TName]: { type: Name; params: undefined } }[TName];

/**
 * The machine all actors share: invoke or spawn it in a machine of your own, with the connector in
 * `input`. One that comes back from a serializer has lost its connector, and says so when it starts.
 */
export const reconnectMachine: ReconnectMachine = guarded(
  reconnectSetup.createMachine({
    ...withInputs(chart),
    context: ({ input }: { readonly input: ReconnectInput }) => createContext(input),
    output: ({ context }: { readonly context: ReconnectContext }) => finalOutput(context),
    // The chart's own type has checked its names.
  } as never) as unknown as ReconnectMachine,
);

interface StateConfig {
  readonly description: string;
  readonly invoke?: { readonly src: ChildId };
  readonly states?: { readonly [name: string]: StateConfig };
}

/** The chart, whose children are given what `inputs` says: functions are no data. */
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

type Scope = Parameters<ReconnectMachine['transition']>[2];

/** Adds what XState's machine lacks to it, and to what `provide` makes of it. */
function guarded(machine: ReconnectMachine): ReconnectMachine {
  // oxlint-disable-next-line typescript/unbound-method -- XState's constructor binds them
  const { start, transition, getPersistedSnapshot, provide } = machine;
  // XState's type of it has no second parameter, which every logic is given.
  const begin = (snapshot: Parameters<typeof start>[0], { self }: Scope) => {
    if (!(snapshot.context.settings instanceof Redacted)) throw new NotRestorableError();
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
  machine.provide = (implementations) => guarded(provide.call(machine, implementations));
  return machine;
}
