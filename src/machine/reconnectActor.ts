// Consumers whose `lib` has no `Symbol.asyncDispose` get it from here: an actor has the method.
/// <reference lib="esnext.disposable" preserve="true" />
import {
  Actor,
  type ActorOptions,
  type Observer,
  type Subscription,
  type SnapshotFrom,
} from 'xstate';
import { checkNames, checkObject } from '../core/check.js';
import type { Connector } from '../core/connector.js';
import { guarded } from '../core/guarded.js';
import { redact } from '../core/redacted.js';
import type { ReconnectContext } from './context.js';
import type {
  ReconnectCommand,
  ReconnectEmitted,
  ReconnectOutput,
  ReconnectStateValue,
  ReconnectTag,
} from './vocabulary.js';
import { reconnectMachine, type ReconnectMachine } from './reconnectMachine.js';
import { optionNames, type ReconnectOptions } from './settings.js';
import { closeLink, whenEnded } from './whenEnded.js';
import { liveConnection, type OpenedOptions, whenOpened } from './whenOpened.js';

/** The parts of every snapshot of XState, described for a link. */
interface Explained {
  /** True if the tag holds now: `hasTag('online')` while a session is open. */
  hasTag: (tag: ReconnectTag) => boolean;
  /** The facts that the link has recorded: counts, times, the facts of the last error. */
  context: ReconnectContext;
  /** The state of the link; check `hasTag` instead. */
  value: ReconnectStateValue;
}

// An intersection would lose the sentences: an editor shows none where two types declare a property.
// oxlint-disable-next-line typescript/no-explicit-any -- the same for every output
type AnySnapshot = SnapshotFrom<ReconnectMachine<any>>;
type SnapshotOf<TStatus extends string> = Extract<AnySnapshot, { status: TStatus }>;
interface ActiveSnapshot extends Explained, SnapshotOf<'active'> {}
interface ErrorSnapshot extends Explained, SnapshotOf<'error'> {}
interface StoppedSnapshot extends Explained, SnapshotOf<'stopped'> {}
interface DoneSnapshot<TOutput> extends Explained, Omit<SnapshotOf<'done'>, 'output'> {
  /** The output of the link. */
  output: ReconnectOutput<TOutput>;
}

/** The snapshot of a link on XState's engine (`ReconnectActor`). */
export type ReconnectSnapshot<TOutput = unknown> =
  | ActiveSnapshot
  | DoneSnapshot<TOutput>
  | ErrorSnapshot
  | StoppedSnapshot;
type XStateOptions = Pick<
  ActorOptions<ReconnectMachine>,
  'clock' | 'inspect' | 'logger' | 'id' | 'systemId'
>;

const xstateNames: readonly (keyof XStateOptions)[] = [
  'clock',
  'inspect',
  'logger',
  'id',
  'systemId',
];

/** The names of the options. */
export const actorOptionNames: readonly string[] = [...optionNames, ...xstateNames];

/** The options of the machine and XState's actor options. */
export interface ReconnectActorOptions extends ReconnectOptions, XStateOptions {}

/**
 * An XState actor whose listeners cannot disturb the connection: what they throw goes to the `logger` as a
 * ListenerError. In a plain XState actor such an error becomes an uncaught exception, which ends a Node process.
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- methods that `Actor` has, no properties
export class ReconnectActor<TOutput = unknown, TConnection = unknown>
  extends Actor<ReconnectMachine<TOutput>>
  implements AsyncDisposable
{
  readonly #log: (...args: unknown[]) => void;

  /** Prefer `createReconnectActor`, which checks the options and passes them on. */
  constructor(
    machine: ReconnectMachine<TOutput>,
    options: ActorOptions<ReconnectMachine<TOutput>>,
  ) {
    super(machine, options);
    this.#log = options.logger ?? console.log;
  }

  /**
   * The connection while the link is `online`: from `connection.opened` until it is lost, `run` settles or a command
   * ends the session. Undefined otherwise, so do not store it.
   */
  get connection(): TConnection | undefined {
    return this.#live()?.connection as TConnection | undefined;
  }

  /**
   * Resolves to the current connection, or to the next one. It may already be lost when your code continues.
   *
   * @throws LinkEndedError when the link ends without another connection, or has ended; throws the reason of
   * `options.signal`, once that is aborted
   */
  opened(options?: OpenedOptions): Promise<TConnection> {
    return whenOpened(this, () => this.#live(), options) as Promise<TConnection>;
  }

  /**
   * Resolves to the output when the link has ended, also after a failure; never rejects. After `stop()` the output is
   * `{ status: 'stopped' }`.
   */
  ended(): Promise<ReconnectOutput<TOutput>> {
    return whenEnded(this);
  }

  /**
   * Stops the link and waits until it has ended. `run` is aborted and then the connection is released; each may take up
   * to `gracePeriodMs`. Never rejects. Do not await it inside `run`, because it waits for `run`.
   *
   * @param reason becomes part of the output and of the abort reason of `run`'s signal
   */
  close(reason?: unknown): Promise<ReconnectOutput<TOutput>> {
    return closeLink(this, reason);
  }

  /** `close()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Stops the actor at once, like XState's `stop`: it emits no event, and does not wait for the release of the
   * connection. Its snapshot gets no `output`; `ended()` resolves to `{ status: 'stopped' }`. For an orderly end use
   * `close()`, or send `{ type: 'stop' }`.
   */
  override stop(): this {
    return super.stop();
  }

  #live() {
    const { tags, context } = this.getSnapshot();
    return liveConnection(tags as ReadonlySet<ReconnectTag>, context.lease);
  }

  /** Reports each change of the snapshot, and the end of the actor. Errors of a listener go to the `logger`. */
  override subscribe(observer: Observer<ReconnectSnapshot<TOutput>>): Subscription;
  /** Calls `next` with each changed snapshot, `complete` at the end. Errors of a listener go to the `logger`. */
  override subscribe(
    next?: (snapshot: ReconnectSnapshot<TOutput>) => void,
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription;
  override subscribe(
    first?: Observer<ReconnectSnapshot<TOutput>> | ((snapshot: ReconnectSnapshot<TOutput>) => void),
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription {
    const observer = typeof first === 'object' ? first : { next: first, error, complete };
    return super.subscribe({
      next: observer.next && this.#guarded(observer.next.bind(observer)),
      error: observer.error && this.#guarded(observer.error.bind(observer)),
      complete: observer.complete && this.#guarded(observer.complete.bind(observer)),
    } as Observer<ReconnectSnapshot<TOutput>>);
  }

  /** Calls `handler` with each event of this type, `*` for all. Errors that it throws go to the `logger`. */
  override on<TType extends ReconnectEmitted['type'] | '*'>(
    type: TType,
    handler: (emitted: ReconnectEmitted & (TType extends '*' ? unknown : { type: TType })) => void,
  ): Subscription {
    return super.on(type, this.#guarded(handler));
  }

  #guarded<TArgs extends unknown[]>(listener: (...args: TArgs) => void): (...args: TArgs) => void {
    return guarded(listener, this.#log);
  }
}

// The members of XState's `Actor`, described for a link.
// oxlint-disable-next-line no-unused-vars -- both declarations have the same parameters
export interface ReconnectActor<TOutput = unknown, TConnection = unknown> {
  /** Starts the actor, which connects; does nothing if it has already started. */
  start(): this;
  /**
   * Sends a command: `stop`, `reconnect`, `suspend`, `resume` or `probe`; a command that has no effect in the current
   * state is ignored.
   */
  send(event: ReconnectCommand): void;
  /** The current snapshot of the link; check it by `hasTag`. */
  getSnapshot(): ReconnectSnapshot<TOutput>;
}

/**
 * Creates an actor that keeps a connection alive; `.start()` starts it, `.close()` ends it.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function createReconnectActor<TConnection, TOutput = void>(
  connector: Connector<TConnection, TOutput>,
  options: ReconnectActorOptions = {},
): ReconnectActor<TOutput, TConnection> {
  checkObject('options', options);
  checkNames(options, actorOptionNames);
  const { clock, inspect, logger, id, systemId, ...machineOptions } = options;
  const actor = new ReconnectActor<TOutput, TConnection>(
    reconnectMachine as ReconnectMachine<TOutput>,
    {
      ...(clock && { clock }),
      ...(inspect && { inspect: guardedObserver(inspect, logger ?? console.log) }),
      ...(logger && { logger }),
      ...(id !== undefined && { id }),
      ...(systemId !== undefined && { systemId }),
      // The connector first: V8 makes the object smaller so, and each actor keeps one.
      input: { connector: redact(connector), ...machineOptions },
    },
  );
  const snapshot = actor.getSnapshot();
  if (snapshot.status === 'error') throw snapshot.error;
  return actor;
}

type Inspect = NonNullable<XStateOptions['inspect']>;

function guardedObserver(inspect: Inspect, log: (...args: unknown[]) => void): Inspect {
  return guarded(typeof inspect === 'function' ? inspect : (event) => inspect.next?.(event), log);
}
