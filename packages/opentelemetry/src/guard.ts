import { diag } from '@opentelemetry/api';

/** Stands before what runs in the middle of a link, or at the start of a process: an SDK at fault may hurt neither. */
export class Guard {
  #hasReported = false;

  /** Its answer, or undefined if it has thrown. */
  call<TAnswer>(call: () => TAnswer): TAnswer | undefined {
    try {
      return call();
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  /** The first error goes to the diagnostics of OpenTelemetry. */
  report(error: unknown): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    try {
      diag.error('@schmoozer/opentelemetry: what links do is not recorded as it should be', error);
    } catch {
      // Its logger is the user's, and there is nobody else to report to.
    }
  }
}
