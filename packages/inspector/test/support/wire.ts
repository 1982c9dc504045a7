import { configure } from 'safe-stable-stringify';
import type { AnyStateMachine } from 'xstate';

/** A definition as @statelyai/inspect sends it: keys sorted, functions as `{type}`. */
export function definitionOf(machine: AnyStateMachine): string {
  const stringify = configure({ maximumDepth: 10 });
  return (
    stringify(machine.config, (_key, value: unknown) =>
      typeof value === 'function' ? { type: value.name } : value,
    ) ?? ''
  );
}
