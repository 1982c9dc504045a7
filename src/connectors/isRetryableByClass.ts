import { mayBeProgrammerError } from '../policy/classify.js';

/** What the class alone says of an error: undefined for a `TypeError`, which is a mistake, or a failed fetch. */
export function isRetryableByClass(error: unknown): boolean | undefined {
  return error instanceof TypeError ? undefined : !mayBeProgrammerError(error);
}
