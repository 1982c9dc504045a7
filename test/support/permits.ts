import type { ConnectLimiter, ConnectRequest, Permit } from 'schmoozer';

/** Someone who has asked a limiter for a permit. */
export interface Applicant {
  readonly name: string;
  /** Undefined as long as it waits. */
  permit: Permit | undefined;
  cancel(): void;
}

/** Asks as the machine does: at once, or else in the queue. */
export function apply(
  limiter: ConnectLimiter,
  request: Partial<ConnectRequest> = {},
  granted: (applicant: Applicant) => void = () => {},
  name = '',
): Applicant {
  const whole = { key: '', priority: 0, attempt: 0, ...request };
  const applicant: Applicant = { name, permit: undefined, cancel() {} };
  const take = (permit: Permit) => {
    applicant.permit = permit;
    granted(applicant);
  };
  const permit = limiter.tryAcquire(whole);
  if (permit === undefined) applicant.cancel = limiter.enqueue(whole, take);
  else take(permit);
  return applicant;
}
