/** XState 4's names for the events that XState 5 creates; events of delays are mapped by the machine's own names. */
const PREFIXES = [
  ['xstate.done.actor.', 'done.invoke.'],
  ['xstate.error.actor.', 'error.platform.'],
  ['xstate.done.state.', 'done.state.'],
] as const;

export function v4EventName(type: string, delays: ReadonlyMap<string, string>): string {
  for (const [v5, v4] of PREFIXES) {
    if (type.startsWith(v5)) return v4 + type.slice(v5.length);
  }
  return delays.get(type) ?? type;
}

/** The event of a delay in XState 5. */
export function v5DelayEvent(delay: string, stateId: string): string {
  return `xstate.after.${delay}.${stateId}`;
}

/** The event of a delay in XState 4. */
export function v4DelayEvent(delay: string, stateId: string): string {
  return `xstate.after(${delay})#${stateId}`;
}
