import type { ActorLogic, ActorScope, ActorSystem, ActorSystemInfo } from 'xstate';
import { checkFunction } from '../core/check.js';
import { type Clock, clockOf } from '../core/clock.js';
import type { AnyConnector, Connector } from '../core/connector.js';
import { NotRestorableError } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import { tap } from '../core/tap.js';
import type { MachineEvent, ReconnectContext, ReconnectInput } from '../machine/context.js';
import { heldCommand, postponeEnd } from '../machine/restored.js';
import { type ReconnectOptions, resumeFrom } from '../machine/settings.js';
import { finalOutput } from '../machine/output.js';
import { tapActor } from '../machine/tapActor.js';
import type { ReconnectCommand, ReconnectEmitted, ReconnectOutput } from '../machine/vocabulary.js';
import { copyOf } from './copyOf.js';
import type { Child } from './children.js';
import type { Leaf } from './leaf.js';
import { Link } from './link.js';
import {
  type CompiledSnapshot,
  LinkSnapshot,
  type Outcome,
  type PersistedSnapshot,
} from './snapshot.js';
import { again, begin as first, leaves } from './steps.generated.js';

/** Actor logic of one link for XState: invoke or spawn it, with `input`. */
export type ReconnectLogic<TOutput = unknown, TInput = ReconnectInput> = ActorLogic<
  CompiledSnapshot<TOutput>,
  ReconnectCommand,
  TInput,
  ActorSystem<ActorSystemInfo>,
  ReconnectEmitted
>;

type Scope = ActorScope<never, never, ActorSystem<ActorSystemInfo>, never>;

/**
 * A link as actor logic for XState, to be invoked or spawned. It does what `reconnectMachine` does, with about a fifth
 * of the CPU and without child actors. With `connect` it needs no `input`, and can start again from a stored snapshot.
 *
 * @param connect creates the connector of each actor from the actor's `id`
 * @param options of each actor
 * @throws InvalidOptionError when `connect` is not a function
 */
export function reconnectLogic<TConnection, TOutput = void>(
  connect: (id: string) => Connector<TConnection, TOutput>,
  options?: ReconnectOptions,
): ReconnectLogic<TOutput, ReconnectOptions | undefined>;
/** Without `connect`: the logic takes the connector from `input`, as `reconnectMachine` does. */
export function reconnectLogic<TOutput = unknown>(): ReconnectLogic<TOutput>;
export function reconnectLogic(
  connect?: (id: string) => AnyConnector,
  options: ReconnectOptions = {},
): ReconnectLogic {
  if (connect !== undefined) checkFunction('connect', connect);
  const begin = (scope: Scope, input: ReconnectInput): LinkSnapshot => {
    if (connect === undefined) return new HostedLink(input, scope).begin();
    const link = new HostedLink({ ...options, ...input, connector: connect(scope.id) }, scope);
    return link.beginBound();
  };
  const logic = {
    getInitialSnapshot: begin,
    start(snapshot: LinkSnapshot, { self }: Scope) {
      const { settings } = snapshot.context;
      if (!(settings instanceof Redacted)) throw settings;
      tapActor(self, snapshot.context);
      HostedLink.of(snapshot)?.start(snapshot);
    },
    transition: (snapshot: LinkSnapshot, event: MachineEvent) =>
      (HostedLink.of(snapshot) as HostedLink).take(event),
    getPersistedSnapshot: (snapshot: LinkSnapshot) => snapshot.persisted,
    restoreSnapshot: (kept: PersistedSnapshot, scope: Scope) => {
      if (kept.status === 'done' || kept.status === 'error') return ended(kept.context, kept);
      try {
        if (connect === undefined) throw new NotRestorableError();
        const snapshot = begin(scope, { resumePoint: resumeFrom(kept) } as never);
        const command = heldCommand(kept);
        // Sent at the start, before `connect` is called.
        if (command !== undefined) scope.defer(() => scope.self.send(command as never));
        return snapshot;
      } catch (error) {
        // XState does not start a restored child that has failed, and its parent would not be notified.
        return ended({ settings: error }, ACTIVE);
      }
    },
  };
  return logic as unknown as ReconnectLogic;
}

/** The snapshot of a link that no longer exists. */
function ended(context: object, outcome: Outcome<unknown>): LinkSnapshot {
  const leaf = leaves.find(({ isFinal }) => isFinal) as Leaf;
  return new LinkSnapshot(leaf, context as ReconnectContext, outcome as Outcome<ReconnectOutput>);
}

/** The link of each snapshot, hidden from users. */
const links = new WeakMap<object, HostedLink>();

/** A link inside an XState actor, whose mailbox, listeners and clock it uses. */
class HostedLink extends Link {
  readonly #scope: Scope;
  #snapshot: LinkSnapshot | undefined = undefined;
  #outcome: Outcome<ReconnectOutput> = ACTIVE;
  #isHalted = false;

  constructor(input: ReconnectInput, scope: Scope) {
    super(input);
    this.#scope = scope;
  }

  static of(snapshot: object): HostedLink | undefined {
    return links.get(snapshot);
  }

  begin(): LinkSnapshot {
    first(this, { context: this, event: INIT })();
    return this.#result();
  }

  beginBound(): LinkSnapshot {
    this.change(postponeEnd(this));
    return this.begin();
  }

  /** In React's strict mode, @xstate/react stops an actor and starts it again from the same snapshot. */
  start(snapshot: LinkSnapshot): void {
    if (!this.#isHalted) return;
    this.#isHalted = false;
    this.#outcome = ACTIVE;
    this.change(snapshot.context);
    again(this, { context: this, event: INIT }, snapshot.leaf)();
    this.#snapshot = snapshot;
  }

  take(event: MachineEvent): LinkSnapshot {
    if (event.type === 'xstate.stop') {
      this.#isHalted = true;
      tap()?.halted(this.#scope.self);
      return this.#end({ status: 'stopped', output: undefined, error: undefined });
    }
    const step = this.leaf.steps.get(event.type);
    if (step === undefined) {
      if (!event.type.startsWith('xstate.error.actor')) return this.getSnapshot();
      // A child threw unexpectedly.
      return this.#end({ status: 'error', output: undefined, error: event.error });
    }
    try {
      step(this, { context: this, event });
    } catch (error) {
      super.clearTimer();
      throw error;
    }
    return this.#result();
  }

  #end(outcome: Outcome<ReconnectOutput>): LinkSnapshot {
    this.stopChild();
    this.clearTimer();
    this.#outcome = outcome;
    this.forgetSnapshot();
    return this.getSnapshot();
  }

  #result(): LinkSnapshot {
    if (this.leaf.isFinal) {
      this.#outcome = { status: 'done', output: finalOutput(this), error: undefined };
    }
    return this.getSnapshot();
  }

  getSnapshot(): LinkSnapshot {
    if (this.#snapshot === undefined) {
      this.#snapshot = new LinkSnapshot(this.leaf, copyOf(this), this.#outcome);
      links.set(this.#snapshot, this);
    }
    return this.#snapshot;
  }

  protected override forgetSnapshot(): void {
    this.#snapshot = undefined;
  }

  override get clock(): Clock {
    return clockOf(this.#scope.self);
  }

  override get logger() {
    return this.#scope.logger;
  }

  override hear(event: MachineEvent): void {
    (this.#scope.self as { send(event: MachineEvent): void }).send(event);
  }

  protected override get isHeard(): boolean {
    return true;
  }

  // XState executes deferred work after it has stored the snapshot.

  protected override emit(event: ReconnectEmitted): void {
    this.#scope.emit(event as never);
  }

  override tell(event: ReconnectEmitted | undefined): void {
    this.#scope.defer(() => super.tell(event));
  }

  override startChild<TInput, TOutput>(child: Child<TInput, TOutput>, input: TInput): void {
    this.#scope.defer(() => super.startChild(child, input));
  }

  override abort(reason: unknown): void {
    this.#scope.defer(() => super.abort(reason));
  }

  override ask(): void {
    this.#scope.defer(() => super.ask());
  }

  override stopChild(): void {
    this.#scope.defer(() => super.stopChild());
  }

  override setTimer(event: MachineEvent, ms: number): void {
    this.#scope.defer(() => super.setTimer(event, ms));
  }

  override clearTimer(): void {
    this.#scope.defer(() => super.clearTimer());
  }
}

const ACTIVE: Outcome<ReconnectOutput> = { status: 'active', output: undefined, error: undefined };
const INIT: MachineEvent = { type: 'xstate.init' };
