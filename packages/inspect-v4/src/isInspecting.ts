/** True for the only message that a client may send: the one that announces it. */
export function isInspecting(message: unknown): boolean {
  const { type } = Object(message) as { type?: unknown };
  return type === 'xstate.inspecting';
}
