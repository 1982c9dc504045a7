/** Timers: those of the host, or of a test. */
export interface WebSocketClock {
  setTimeout(callback: () => void, delayMs: number): unknown;
  // oxlint-disable-next-line typescript/no-explicit-any -- each host has timers of its own
  clearTimeout(timer: any): void;
}
