import { RetryableError } from '../core/errors.js';
import type { Judgement } from '../policy/classify.js';

/** The failure of one endpoint as the link receives it: the limiter gets more facts than the link. */
class PassedOn extends RetryableError {
  override readonly permit: NonNullable<RetryableError['permit']>;

  constructor(
    cause: unknown,
    delay: Delay,
    consumesAttempt: boolean,
    permit: NonNullable<RetryableError['permit']>,
  ) {
    super(cause, delay.delayMs, delay.spreadMs, consumesAttempt);
    this.permit = permit;
  }
}

interface Delay {
  readonly delayMs?: number | undefined;
  readonly spreadMs?: number | undefined;
}

/** A failure that counts. */
export function counted(judgement: Judgement, delay: Delay = {}): RetryableError {
  return new PassedOn(judgement.error, delay, true, permitOf(judgement));
}

/** A failure that another endpoint may compensate. */
export function uncounted(judgement: Judgement, delay: Delay): RetryableError {
  return new PassedOn(judgement.error, delay, false, permitOf(judgement));
}

/** A failure that counts, although no server was asked. */
export function unasked(error: unknown): RetryableError {
  return new PassedOn(error, {}, true, ['ignored']);
}

function permitOf({ verdict, hintMs, permit }: Judgement): NonNullable<RetryableError['permit']> {
  if (permit !== undefined) return permit;
  if (verdict === 'permanent') return ['ignored'];
  return hintMs === undefined ? ['failed'] : ['overloaded', hintMs];
}
