import { ListenerError } from './errors.js';
import { report } from './report.js';

/** Wraps a listener so that it cannot throw into its caller: errors are logged as a ListenerError. */
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
