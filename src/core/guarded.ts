import { ListenerError } from './errors.js';
import { report } from './report.js';

/** The listener, which cannot hurt who calls it: what it throws goes to the log as a ListenerError. */
export function guarded<TArgs extends unknown[]>(
  listener: (...args: TArgs) => void,
  log: (...args: unknown[]) => void,
): (...args: TArgs) => void {
  return (...args) => {
    try {
      listener(...args);
    } catch (error) {
      report(log, new ListenerError(error));
    }
  };
}
