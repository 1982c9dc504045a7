/** Tells the logger of an error that has no other taker; a logger that throws is on its own. */
export function report(log: (...args: unknown[]) => void, error: Error): void {
  try {
    log(error);
  } catch {
    // The last resort has failed: throwing here would end the process over a log line.
  }
}
