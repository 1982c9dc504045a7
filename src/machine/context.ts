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

/** What the machine is created with. */
export interface ReconnectInput extends ReconnectOptions {
  /** Bare, or made invisible to inspectors by `redact(connector)`. */
  readonly connector: AnyConnector | Redacted<AnyConnector>;
}

/** What the machine knows; everything live or secret in it is opaque. */
export interface ReconnectContext {
  /** Connector and options. */
  readonly settings: Redacted<Settings>;
  /** Failed attempts in a row since the last good session. */
  readonly attempt: number;
  /** The number of the latest session; 0 before the first. */
  readonly epoch: number;
  /** The latest delay in milliseconds; 0 while stable. */
  readonly delayMs: number;
  /** The latest delay after a failure that counts; 0 while stable. */
  readonly countedDelayMs: number;
  /** What the last failed attempt or session threw: its name, message and code. */
  readonly lastError: Thrown | undefined;
  /** How that was sorted; undefined when nothing was thrown. */
  readonly lastVerdict: Verdict | undefined;
  /** The number of the latest good session, one that became stable; 0 before the first. */
  readonly stableEpoch: number;
  /** When the last good session went offline, on the clock `now`, or when the actor was created; undefined while stable. */
  readonly downSinceMs: number | undefined;
  /** When the latest wait ends, or ended, on the clock `now`; undefined before the first, `Infinity` without an end. */
  readonly retryAtMs: number | undefined;
  /** When the attempt under way was queued, on the clock `now`; undefined if it was not. */
  readonly queuedAtMs: number | undefined;
  /** When the attempt under way called `connect`, on the clock `now`; undefined until then. */
  readonly startedAtMs: number | undefined;
  /** When the latest session was opened, on the clock `now`; undefined before the first. */
  readonly openedAtMs: number | undefined;
  /** How long the latest session was online, in milliseconds; undefined until it is no longer. */
  readonly upMs: number | undefined;
  /** The owner of the latest session's connection. */
  readonly lease: Lease | undefined;
  /** How the latest session ended by itself, if that was before any command. */
  readonly endedBy: 'lost' | 'settled' | undefined;
  /** The command for which the session is ending. */
  readonly requested: 'stop' | 'reconnect' | 'suspend' | undefined;
  /** What follows the last failure. */
  readonly decision: Redacted<Decision> | undefined;
  /** How the loop ends, as soon as that is known. */
  readonly output: Redacted<ReconnectOutput> | undefined;
}

/** What an engine hands to guards, updates, delays and announcements. */
export interface Moment {
  readonly context: ReconnectContext;
  readonly event: MachineEvent;
}

/** A command, a timer, what a child reports, or how it has settled. */
export interface MachineEvent {
  readonly type: string;
  readonly output?: unknown;
  readonly error?: unknown;
  /** The limiter's queue that an attempt waits in. */
  readonly key?: unknown;
  /** Why a command came. */
  readonly reason?: unknown;
}

/** What an action changes. */
export type Update = Partial<ReconnectContext>;

/** What is known of what follows. */
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
    // Whoever kept the link before had just failed: this one begins with the wait.
    ...(attempt > 0 && settled(decideByBackoff(settings, attempt), now)),
  };
}
