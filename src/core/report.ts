/** Reports an error that nothing else handles to the logger; what a logger throws is ignored. */
export function report(log: (...args: unknown[]) => void, error: Error): void {
  try {
    log(error);
  } catch {
    // The last resort has failed: throwing here would end the process because of a log line.
  }
}
