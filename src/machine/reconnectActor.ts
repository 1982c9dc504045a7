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

/** What XState has in every snapshot, explained for a link. */
interface Explained {
  /** Whether the tag holds now: `hasTag('online')` while a session is open. */
  hasTag: (tag: ReconnectTag) => boolean;
  /** What the link knows: counts, times, the facts of the last error. */
  context: ReconnectContext;
  /** Where the link is; ask `hasTag` rather than this. */
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
  /** How the link has ended. */
  output: ReconnectOutput<TOutput>;
}

/** What such an actor says of itself. */
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

/** The machine's options together with XState's actor options. */
export interface ReconnectActorOptions extends ReconnectOptions, XStateOptions {}

/**
 * An XState actor whose listeners cannot hurt the connection: what they throw goes to the `logger` as a
 * ListenerError, where XState would throw it at the process.
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
   * ends the session. Undefined otherwise; do not keep it.
   */
  get connection(): TConnection | undefined {
    return this.#live()?.connection as TConnection | undefined;
  }

  /**
   * Resolves to the live connection, or to the next one. It may be lost by the time your code goes on.
   *
   * @throws LinkEndedError when the link ends, or has ended, without another connection; the reason of the signal
   */
  opened(options?: OpenedOptions): Promise<TConnection> {
    return whenOpened(this, () => this.#live(), options) as Promise<TConnection>;
  }

  /** Resolves to how the link ends, to `failed` too; never rejects. After `stop()` that is `{ status: 'stopped' }`. */
  ended(): Promise<ReconnectOutput<TOutput>> {
    return whenEnded(this);
  }

  /**
   * Stops the link and waits for its end: `run` is told to end and the connection released, each for at most
   * `gracePeriodMs`. Never rejects. Not to be awaited in `run`, which it waits for.
   *
   * @param reason goes into the output and into the reason of `run`'s signal
   */
  close(reason?: unknown): Promise<ReconnectOutput<TOutput>> {
    return closeLink(this, reason);
  }

  /** `close()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Halts the actor, as XState's `stop` does: at once, without an event or an output, and the release of the connection
   * is not waited for. To end a link in order use `close()`, or send `{ type: 'stop' }`.
   */
  override stop(): this {
    return super.stop();
  }

  #live() {
    const { tags, context } = this.getSnapshot();
    return liveConnection(tags as ReadonlySet<ReconnectTag>, context.lease);
  }

  /** Reports each change of the snapshot, and the end of the actor. What a listener throws goes to the `logger`. */
  override subscribe(observer: Observer<ReconnectSnapshot<TOutput>>): Subscription;
  /** Calls `next` with each changed snapshot, `complete` at the end. What a listener throws goes to the `logger`. */
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

  /** Calls `handler` with each event of this type, `*` for all. What it throws goes to the `logger`. */
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

// What XState's `Actor` has, explained for a link.
// oxlint-disable-next-line no-unused-vars -- both declarations have the same parameters
export interface ReconnectActor<TOutput = unknown, TConnection = unknown> {
  /** Begins: connects. An actor that has begun is not started again. */
  start(): this;
  /** Sends a command: `stop`, `reconnect`, `suspend`, `resume` or `probe`; one that means nothing now is ignored. */
  send(event: ReconnectCommand): void;
  /** The state of the link now; ask it by `hasTag`. */
  getSnapshot(): ReconnectSnapshot<TOutput>;
}

/**
 * Creates an actor that keeps a connection up; `.start()` begins, `.close()` ends it.
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
