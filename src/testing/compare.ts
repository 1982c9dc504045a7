import { statePath } from '../core/statePath.js';
import { type Mismatch, textOf } from './modelTestError.js';
import type { ModelState } from './model.js';
import { nameOfPlace, stateOf } from './userModel.js';

/** XState's name for where a snapshot is: a state, or a state and what is active in it. */
type StateValue = string | { readonly [state: string]: StateValue | undefined };

/** What of a snapshot the model speaks of. */
export interface Seen {
  readonly status: string;
  readonly value: StateValue;
  readonly context: { readonly attempt: number; readonly delayMs: number };
  readonly error?: unknown;
  readonly output?: { readonly status: string; readonly error?: unknown } | undefined;
}

/** How the machine differs from the model; undefined if it does not. */
export function compare(state: ModelState, seen: Seen): Mismatch | undefined {
  // Of an actor that could not be made nothing else is known.
  const isAsExpected = seen.status !== 'error' && isAsIn(state, seen);
  if (isAsExpected) return undefined;
  return { field: 'machine', expected: expectedText(state), seen: seenText(seen) };
}

function isAsIn(state: ModelState, { status, value, context, output }: Seen): boolean {
  if (statePath(value) !== state.place) return false;
  if (state.place === 'stopped') return status === 'done' && output?.status === state.status;
  const { attempt, delayMs } = context;
  const isDelayed = delayMs > 0 && delayMs !== Infinity;
  return (
    status === 'active' &&
    attempt === state.attempt &&
    (isDelayed || state.place !== 'waiting.delaying')
  );
}

/** How the count of a resource differs from what the state of the machine allows; undefined if it does not. */
export function compareCount(name: string, place: string, count: unknown): Mismatch | undefined {
  const state = stateOf(place);
  const isDown = state === 'waiting' || state === 'suspended' || state === 'stopped';
  if (count === 0 || (count === 1 && !isDown)) return undefined;
  return {
    field: `resources.${name}`,
    expected: `${isDown ? '0' : '0 or 1'} of \`${name}\` open in ${state}`,
    seen: String(count),
  };
}

function expectedText({ place, status, attempt }: ModelState): string {
  if (place === 'stopped') return `stopped, ${status}`;
  const delay = place === 'waiting.delaying' ? ', a finite delay above 0 ms' : '';
  return `${nameOfPlace(place)}, attempt ${attempt}${delay}`;
}

function seenText({ status, value, context, output, error }: Seen): string {
  if (status === 'error') return `an actor that has failed with ${textOf(error)}`;
  const place = statePath(value);
  if (status === 'stopped') return `${nameOfPlace(place)}, and its actor was halted there`;
  if (output !== undefined) {
    return `${place}, ${output.status}${'error' in output ? ` with ${textOf(output.error)}` : ''}`;
  }
  const delay = place === 'waiting.delaying' ? `, a delay of ${context.delayMs} ms` : '';
  return `${nameOfPlace(place)}, attempt ${context.attempt}${delay}`;
}
