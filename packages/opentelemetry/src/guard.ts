import { diag } from '@opentelemetry/api';

/**
 * Guards code that runs in the middle of a link, or at the start of a process: a faulty SDK must not disturb either.
 */
export class Guard {
  #hasReported = false;

  /** Returns the result of the call, or undefined if it threw. */
  call<TAnswer>(call: () => TAnswer): TAnswer | undefined {
    try {
      return call();
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  /** Reports the first error to the diagnostics of OpenTelemetry. */
  report(error: unknown): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    try {
      diag.error('@schmoozer/opentelemetry: recording of links is incomplete', error);
    } catch {
      // The logger is user code, and there is nowhere else to report to.
    }
  }
}
