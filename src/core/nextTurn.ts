/**
 * Calls back, from a timer, when the event loop has delivered what had arrived: Node may run many late timers before it
 * looks at the sockets.
 */
export function nextTurn(callback: () => void): void {
  const immediate: ((callback: () => void) => unknown) | undefined = globalThis.setImmediate;
  // Browsers have none, and deliver between two timers.
  if (immediate === undefined) callback();
  else immediate(callback);
}
