// Consumers whose `lib` has no `Symbol.asyncDispose` get it from here: a `Group` has the method.
/// <reference lib="esnext.disposable" preserve="true" />
import type { CompiledActor } from '../../compiled/compiledActor.js';
import type { Connector } from '../../core/connector.js';
import type { Redacted } from '../../core/redacted.js';
import type { ReconnectOutput } from '../../machine/vocabulary.js';
import type { GroupEmitted, GroupOutput } from './groupEvents.js';
import type { Health, HealthOptions } from './healthOf.js';
import type { LinkDefinition, LinkOptions } from './linkDefinition.js';
import type { GroupStopOptions } from './shutdown.js';

/** A set of named links, which can be added and removed at run time. */
export interface Group extends AsyncDisposable {
  /** Number of links, including those that have ended. */
  readonly size: number;
  /** The names of the links, in the order in which they were added. */
  readonly names: readonly string[];
  /**
   * Adds a link and starts it when it is its turn. The name may be that of a link that is still being removed: the new
   * link is started when the old one has been released.
   *
   * @param connector the connector, or a function that creates one for each start and restart
   * @throws InvalidOptionError when the group already has that name, or something is missing, unknown or out of bounds
   * @throws GroupStoppedError when the group stops, or has stopped
   */
  add<TConnection, TOutput>(
    name: string,
    connector:
      | Connector<TConnection, TOutput>
      | Redacted<Connector<TConnection, TOutput>>
      | (() => Connector<TConnection, TOutput>),
    options?: LinkOptions,
  ): void;
  /**
   * Stops a link and removes it. Resolves to its output when its connection has been released; for an unknown name it
   * resolves to undefined at once. Never rejects.
   */
  remove(name: string, reason?: unknown): Promise<ReconnectOutput | undefined>;
  /**
   * Changes the links to those of the list: adds new names, removes missing names, replaces links whose `version`
   * differs, and keeps the others, whatever else their definitions contain. If any definition is invalid, nothing
   * changes.
   *
   * @throws InvalidOptionError when a name occurs twice, or something is missing, unknown or out of bounds
   * @throws GroupStoppedError when the group stops, or has stopped
   */
  sync(definitions: Iterable<LinkDefinition>): SyncResult;
  /**
   * Returns the current link with this name; undefined before its start, between a failure and its restart, and after
   * its end. A restart creates another link.
   */
  get(name: string): CompiledActor | undefined;
  /**
   * Starts a link that has ended, or rests, and forgets its earlier failures.
   *
   * @returns false if there is nothing to start
   */
  restart(name: string): boolean;
  /** Returns the state of the links as plain data, for `/readyz`. */
  health(options?: HealthOptions): Health;
  /**
   * Calls `listener` with each event of this type, of every link or of the group; `'*'` for every type. Errors of the
   * listener go to the `logger`.
   */
  on<TType extends GroupEmitted['type'] | '*'>(
    type: TType,
    listener: (event: GroupEmitted & (TType extends '*' ? unknown : { type: TType })) => void,
  ): { unsubscribe(): void };
  /**
   * Stops every link and starts no more. Resolves when every connection has been released, at the latest at the
   * deadline. A second call returns the same result. Never rejects.
   *
   * @throws InvalidOptionError when an option is unknown or out of bounds
   */
  stop(options?: GroupStopOptions): Promise<GroupOutput>;
  /** `stop()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The names that `sync` has changed. */
export interface SyncResult {
  /** Names of links that were new. */
  readonly added: readonly string[];
  /** Names of links that were not listed any more. */
  readonly removed: readonly string[];
  /** Links that were replaced because their `version` differed. */
  readonly replaced: readonly string[];
}
