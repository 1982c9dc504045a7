import type { Lease } from '../actors/lease.js';
import type { AnyConnector, Verdict } from '../core/connector.js';
import { Redacted } from '../core/redacted.js';
import type { Thrown } from '../core/thrown.js';
import { decideByBackoff, type Decision } from '../policy/decide.js';
import type { ReconnectOutput } from './vocabulary.js';
import {
  checkResumePoint,
  type Settings,
  type ReconnectOptions,
  resolveSettings,
} from './settings.js';

/** The input of the machine. */
export interface ReconnectInput extends ReconnectOptions {
  /** The connector, bare, or hidden from inspectors by `redact(connector)`. */
  readonly connector: AnyConnector | Redacted<AnyConnector>;
}

/**
 * The data of the machine. Inspectors and serializers do not see the connector, the connection and other values that
 * may be secret: they are in private fields.
 */
export interface ReconnectContext {
  /** The connector and the options. */
  readonly settings: Redacted<Settings>;
  /** Number of failures in a row since the last good session. */
  readonly attempt: number;
  /** The number of the latest session; 0 before the first. */
  readonly epoch: number;
  /** The latest delay in milliseconds; 0 while stable. */
  readonly delayMs: number;
  /**
   * The latest delay in milliseconds; 0 while stable. Delays after failures that `attempt` does not count (those marked
   * with `consumesAttempt: false`) are left out.
   */
  readonly countedDelayMs: number;
  /** The error of the last failed attempt or session: its name, message and code. */
  readonly lastError: Thrown | undefined;
  /** The verdict on `lastError`; undefined when nothing was thrown. */
  readonly lastVerdict: Verdict | undefined;
  /** The number of the latest good session, one that became stable; 0 before the first. */
  readonly stableEpoch: number;
  /**
   * When the last good session went offline, or when the actor was created, on the clock `now`; undefined while stable.
   */
  readonly downSinceMs: number | undefined;
  /**
   * When the latest wait ends or ended, on the clock `now`; undefined before the first wait, `Infinity` for a wait
   * without an end.
   */
  readonly retryAtMs: number | undefined;
  /** When the current attempt was queued, on the clock `now`; undefined if it was not. */
  readonly queuedAtMs: number | undefined;
  /** When the current attempt called `connect`, on the clock `now`; undefined until then. */
  readonly startedAtMs: number | undefined;
  /** When the latest session was opened, on the clock `now`; undefined before the first. */
  readonly openedAtMs: number | undefined;
  /** How long the latest session was online, in milliseconds; undefined while it still is. */
  readonly upMs: number | undefined;
  /** The owner of the latest session's connection. */
  readonly lease: Lease | undefined;
  /** How the latest session ended, if that was before any command. */
  readonly endedBy: 'lost' | 'settled' | undefined;
  /** The command that ends the session. */
  readonly requested: 'stop' | 'reconnect' | 'suspend' | undefined;
  /** The decision after the last failure. */
  readonly decision: Redacted<Decision> | undefined;
  /** The output of the link, as soon as it is known. */
  readonly output: Redacted<ReconnectOutput> | undefined;
}

/** The argument of guards, updates, delays and announcements. */
export interface Moment {
  readonly context: ReconnectContext;
  readonly event: MachineEvent;
}

/** A command, a timer, a child's report, or a child's result. */
export interface MachineEvent {
  readonly type: string;
  readonly output?: unknown;
  readonly error?: unknown;
  /** The limiter's queue in which an attempt waits. */
  readonly key?: unknown;
  /** The reason of a command. */
  readonly reason?: unknown;
}

/** The changes that an action makes. */
export type Update = Partial<ReconnectContext>;

/** The update for a known decision. */
export function settled(known: Decision, now: number): Update {
  const decision = new Redacted(known);
  if (known.type !== 'delay') return { decision };
  const { delayMs } = known;
  return { decision, delayMs, countedDelayMs: delayMs, retryAtMs: now + delayMs };
}

/** @throws InvalidOptionError, which makes the actor's creation fail */
export function createContext(input: ReconnectInput): ReconnectContext {
  const settings = resolveSettings(input);
  const { attempt, epoch } = checkResumePoint(input.resumePoint);
  const now = settings.now();
  return {
    settings: new Redacted(settings),
    attempt,
    epoch,
    delayMs: 0,
    countedDelayMs: 0,
    lastError: undefined,
    lastVerdict: undefined,
    stableEpoch: epoch,
    downSinceMs: now,
    retryAtMs: undefined,
    queuedAtMs: undefined,
    startedAtMs: undefined,
    openedAtMs: undefined,
    upMs: undefined,
    lease: undefined,
    endedBy: undefined,
    requested: undefined,
    decision: undefined,
    output: undefined,
    // The previous owner of the link had just failed, so this one begins with the wait.
    ...(attempt > 0 && settled(decideByBackoff(settings, attempt), now)),
  };
}
