import type { ConnectLimiter, ConnectRequest, Permit, PermitOutcome } from '../core/limiter.js';
import { checkBoolean, resolveOptions } from '../core/check.js';

/** A request that waits for its permit. */
export interface ScriptedRequest {
  /** What the limiter was asked. */
  readonly request: ConnectRequest;
  /** Whether it was taken back. */
  readonly isCancelled: boolean;
  /** Grants a permit; as often as it is called, and after it was taken back too. */
  grant(): ScriptedPermit;
}

/** A permit that knows what became of it. */
export interface ScriptedPermit {
  /** How it was settled; anything but one outcome in the end is a leak or a second settlement. */
  readonly outcomes: readonly PermitOutcome[];
  /** How often the session that it opened was said to have ended before it was stable. */
  readonly unstables: number;
}

/** A limiter whose every permit a test grants, at the moment it chooses. */
export interface ScriptedLimiter {
  /** The limiter to test with: for the option `limiter`. */
  readonly limiter: ConnectLimiter;
  /** What had to wait, in order. */
  readonly requests: readonly ScriptedRequest[];
  /** What was granted, in order. */
  readonly permits: readonly ScriptedPermit[];
}

/** What the limiter does on its own. */
export interface ScriptedLimiterOptions {
  /** Give a permit at once, so that nothing waits. Default false. */
  readonly admits?: boolean;
}

/**
 * Makes a limiter whose permits a test grants.
 *
 * @throws InvalidOptionError when an option is unknown, or is not what it must be
 */
export function scriptedLimiter(options: ScriptedLimiterOptions = {}): ScriptedLimiter {
  const { admits } = resolveOptions(options, { admits: false }, []);
  checkBoolean('admits', admits);
  const requests: ScriptedRequest[] = [];
  const permits: ScriptedPermit[] = [];
  const issue = () => {
    const outcomes: PermitOutcome[] = [];
    const scripted = { outcomes, unstables: 0 };
    const permit: Permit = {
      settle: (outcome) => void outcomes.push(outcome),
      unstable: () => void scripted.unstables++,
    };
    permits.push(scripted);
    return { permit, scripted };
  };
  return {
    limiter: {
      tryAcquire: () => (admits ? issue().permit : undefined),
      enqueue(request, granted) {
        const waiting = {
          request,
          isCancelled: false,
          grant() {
            const { permit, scripted } = issue();
            granted(permit);
            return scripted;
          },
        };
        requests.push(waiting);
        return () => {
          waiting.isCancelled = true;
        };
      },
    },
    requests,
    permits,
  };
}
