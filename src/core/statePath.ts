/** Formats a state's value as a path: `{ waiting: 'delaying' }` as `waiting.delaying`. */
export function statePath(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value as object)
    .map(([state, child]) => `${state}.${statePath(child)}`)
    .join(',');
}
