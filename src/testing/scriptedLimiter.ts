import type { ConnectLimiter, ConnectRequest, Permit, PermitOutcome } from '../core/limiter.js';
import { checkBoolean, resolveOptions } from '../core/check.js';

/** A request that waits for its permit. */
export interface ScriptedRequest {
  /** The request to the limiter. */
  readonly request: ConnectRequest;
  /** True if it was withdrawn. */
  readonly isCancelled: boolean;
  /** Grants a permit at each call, even after the request was withdrawn. */
  grant(): ScriptedPermit;
}

/** A permit that records its use. */
export interface ScriptedPermit {
  /** The outcomes with which it was settled; anything but one at the end is a leak or a second settlement. */
  readonly outcomes: readonly PermitOutcome[];
  /** Number of reports that its session ended before it was stable. */
  readonly unstables: number;
}

/** A limiter; the test grants its permits, at any moment. */
export interface ScriptedLimiter {
  /** The limiter to test with: for the option `limiter`. */
  readonly limiter: ConnectLimiter;
  /** The requests that had to wait, in order. */
  readonly requests: readonly ScriptedRequest[];
  /** The granted permits, in order. */
  readonly permits: readonly ScriptedPermit[];
}

/** Whether the limiter grants permits by itself. */
export interface ScriptedLimiterOptions {
  /** Grants each permit at once, so that nothing waits. Default: false. */
  readonly admits?: boolean;
}

/**
 * Creates a limiter for a test; the test grants each permit.
 *
 * @throws InvalidOptionError when an option is unknown or invalid
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
