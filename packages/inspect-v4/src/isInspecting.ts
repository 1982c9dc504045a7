/** The one message that a watcher has a right to send: that it is there. */
export function isInspecting(message: unknown): boolean {
  const { type } = Object(message) as { type?: unknown };
  return type === 'xstate.inspecting';
}
