import type { Lease } from '../actors/lease.js';
import type { AnyConnector, Verdict } from '../core/connector.js';
import { Redacted } from '../core/redacted.js';
import type { Thrown } from '../core/thrown.js';
import type { Decision } from '../policy/decide.js';
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
  /** Failed tries in a row since the last stable session. */
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
  /** Whether the link has ever had a good session, one that became stable. */
  readonly hasBeenStable: boolean;
  /** When the link went down, on the clock `now`; undefined while stable. */
  readonly downSinceMs: number | undefined;
  /** When the latest wait ends, or ended, on the clock `now`; undefined before the first, `Infinity` without an end. */
  readonly retryAtMs: number | undefined;
  /** When the latest session was opened, on the clock `now`; undefined before the first. */
  readonly openedAtMs: number | undefined;
  /** The owner of the latest session's connection. */
  readonly lease: Lease | undefined;
  /** The command for which the session is ending. */
  readonly requested: 'stop' | 'reconnect' | undefined;
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

/** A command, a timer, or how a child has settled. */
export interface MachineEvent {
  readonly type: string;
  readonly output?: unknown;
  readonly error?: unknown;
}

/** What an action changes. */
export type Update = Partial<ReconnectContext>;

/** @throws InvalidOptionError, which makes the actor's creation fail */
export function createContext(input: ReconnectInput): ReconnectContext {
  const settings = resolveSettings(input);
  const { attempt, epoch } = checkResumePoint(input.resumePoint);
  return {
    settings: new Redacted(settings),
    attempt,
    epoch,
    delayMs: 0,
    countedDelayMs: 0,
    lastError: undefined,
    lastVerdict: undefined,
    hasBeenStable: epoch > 0,
    downSinceMs: settings.now(),
    retryAtMs: undefined,
    openedAtMs: undefined,
    lease: undefined,
    requested: undefined,
    decision: undefined,
    output: undefined,
  };
}
