import { checkAtLeast, checkFunction, checkInteger, checkPositive } from '../core/check.js';
import type { AnyConnector } from '../core/connector.js';
import { InvalidOptionError } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import type { Backoff, Random } from '../policy/backoff.js';
import { exponentialBackoff } from '../policy/exponentialBackoff.js';

/** How the machine waits; every quantity has its unit in its name. */
export interface ReconnectOptions {
  /** Decides the delay when the connector has no `retryDelay`. Default `exponentialBackoff()`. */
  readonly backoff?: Backoff;
  /** How long `connect` may take, in milliseconds. Default 20 000; bounds > 0; `Infinity` for no limit. */
  readonly connectTimeoutMs?: number;
  /** How long aborted work and releases may take, in milliseconds. Default 5000; bounds >= 0 or `Infinity`. */
  readonly gracePeriodMs?: number;
  /** How long a session must last before `attempt` falls back to 0, in milliseconds. Default 10 000; bounds >= 0. */
  readonly stableAfterMs?: number;
  /** Source of chance for the backoff. Default `Math.random`. */
  readonly random?: Random;
  /** Monotonic clock in milliseconds, for `downMs`. Default `performance.now`. */
  readonly now?: () => number;
  /** Where an earlier actor left off: see `resumeFrom`. */
  readonly resumePoint?: ResumePoint;
}

/** Plain data that outlives a process. */
export interface ResumePoint {
  /** Failed tries in a row; bounds >= 0. */
  readonly attempt: number;
  /** The number of the last session; bounds >= 0. */
  readonly epoch: number;
}

/** Everything that is settled when the actor is created. */
export interface Settings {
  readonly connector: AnyConnector;
  readonly backoff: Backoff;
  readonly connectTimeoutMs: number;
  readonly gracePeriodMs: number;
  readonly stableAfterMs: number;
  readonly random: Random;
  readonly now: () => number;
}

const defaultBackoff = exponentialBackoff();
// The two defaults below are the only places where the library reads chance or time by itself.
// oxlint-disable-next-line no-restricted-properties -- the default of `input.now`
const monotonicNow = () => performance.now();

/** @throws InvalidOptionError that names the option, what was expected and what came */
export function resolveSettings(
  connector: AnyConnector | Redacted<AnyConnector>,
  options: ReconnectOptions,
): Settings {
  return {
    connector: checkConnector(
      connector instanceof Redacted ? Redacted.value(connector) : connector,
    ),
    backoff: checkFunction('backoff', options.backoff ?? defaultBackoff),
    connectTimeoutMs: checkPositive('connectTimeoutMs', options.connectTimeoutMs ?? 20_000),
    gracePeriodMs: checkAtLeast('gracePeriodMs', options.gracePeriodMs ?? 5000, 0),
    stableAfterMs: checkAtLeast('stableAfterMs', options.stableAfterMs ?? 10_000, 0),
    // oxlint-disable-next-line no-restricted-properties -- the default of `input.random`
    random: checkFunction('random', options.random ?? Math.random),
    now: checkFunction('now', options.now ?? monotonicNow),
  };
}

/** @throws InvalidOptionError when a count is no whole number >= 0 */
export function checkResumePoint(resumePoint: ResumePoint | undefined): ResumePoint {
  if (resumePoint === undefined) return { attempt: 0, epoch: 0 };
  return {
    attempt: checkInteger('resumePoint.attempt', resumePoint?.attempt, 0),
    epoch: checkInteger('resumePoint.epoch', resumePoint?.epoch, 0),
  };
}

function checkConnector(connector: AnyConnector): AnyConnector {
  if (typeof connector !== 'object' || connector === null) {
    throw new InvalidOptionError('connector', 'an object with `connect` and `run`', connector);
  }
  for (const method of ['connect', 'run'] as const) {
    checkFunction(`connector.${method}`, connector[method]);
  }
  for (const method of ['retryDelay', 'isRetryable', 'disconnect'] as const) {
    if (connector[method] !== undefined) checkFunction(`connector.${method}`, connector[method]);
  }
  return connector;
}
