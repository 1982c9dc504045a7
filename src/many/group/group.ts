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

/** Links by name, which come and go at run time. */
export interface Group extends AsyncDisposable {
  /** How many links it has, those included that have ended. */
  readonly size: number;
  /** In the order in which they were added. */
  readonly names: readonly string[];
  /**
   * Adds a link and starts it, when its turn comes. A name whose link is still being removed may be added: the new one
   * is started when the old one is released.
   *
   * @param connector or a function that makes one for each start, the restarts included
   * @throws InvalidOptionError when the group has that name, or something is missing, unknown or out of bounds
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
   * Stops a link and takes it out. Settles when its connection is released, with its output; a name that the group does
   * not have settles at once with undefined. Never rejects.
   */
  remove(name: string, reason?: unknown): Promise<ReconnectOutput | undefined>;
  /**
   * Makes the links those of the list: adds the names that are new, removes those that are missing, replaces those whose
   * `version` differs, and keeps the others, whatever else their definitions say. If anything in it is wrong, nothing
   * changes.
   *
   * @throws InvalidOptionError when a name is there twice, or something is missing, unknown or out of bounds
   * @throws GroupStoppedError when the group stops, or has stopped
   */
  sync(definitions: Iterable<LinkDefinition>): SyncResult;
  /** The link that a name has now; undefined while it has none: pending, resting, ended. A restart makes another. */
  get(name: string): CompiledActor | undefined;
  /**
   * Starts a link that has ended, or rests, with a clean record.
   *
   * @returns false if there is nothing to start
   */
  restart(name: string): boolean;
  /** How the links are: plain data, for `/readyz`. */
  health(options?: HealthOptions): Health;
  /** Listens to an event of all links, or of the group; `'*'` for all. What the listener throws goes to the `logger`. */
  on<TType extends GroupEmitted['type'] | '*'>(
    type: TType,
    listener: (event: GroupEmitted & (TType extends '*' ? unknown : { type: TType })) => void,
  ): { unsubscribe(): void };
  /**
   * Stops every link; nothing is started any more. Settles when every connection is released, at the latest at the
   * deadline. A second call changes nothing, and gets the same answer. Never rejects.
   *
   * @throws InvalidOptionError when an option is unknown or out of bounds
   */
  stop(options?: GroupStopOptions): Promise<GroupOutput>;
  /** `stop()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What `sync` has changed: names. */
export interface SyncResult {
  /** Names of links that were new. */
  readonly added: readonly string[];
  /** Names of links that were not listed any more. */
  readonly removed: readonly string[];
  /** Names of links whose definition had changed. */
  readonly replaced: readonly string[];
}
