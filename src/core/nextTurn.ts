/**
 * Calls back from a timer after the event loop has delivered everything that had arrived: Node may run many late timers
 * before it reads its sockets.
 */
export function nextTurn(callback: () => void): void {
  const immediate: ((callback: () => void) => unknown) | undefined = globalThis.setImmediate;
  // Browsers have no `setImmediate`, and deliver messages between two timers.
  if (immediate === undefined) callback();
  else immediate(callback);
}
