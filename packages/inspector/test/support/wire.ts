import type { AnyStateMachine } from 'xstate';

/** A definition as @statelyai/inspect sends it: keys sorted, functions as `{type}`. */
export function definitionOf(machine: AnyStateMachine): string {
  return JSON.stringify(machine.config, (_key, value: unknown) => {
    if (typeof value === 'function') return { type: value.name };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
