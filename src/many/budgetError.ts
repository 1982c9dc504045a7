import { SchmoozerError } from '../core/errors.js';

/** The store of a budget did not answer in time, or answered with something that is not a delay. */
export class BudgetError extends SchmoozerError<'ERR_BUDGET'> {
  override readonly name = 'BudgetError';

  constructor(message: string) {
    super('ERR_BUDGET', message);
  }
}
