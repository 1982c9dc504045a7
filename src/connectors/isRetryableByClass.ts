import { mayBeProgrammerError } from '../policy/classify.js';

/** The verdict by the error's class alone: undefined for a `TypeError`, which is a mistake or a failed fetch. */
export function isRetryableByClass(error: unknown): boolean | undefined {
  return error instanceof TypeError ? undefined : !mayBeProgrammerError(error);
}
