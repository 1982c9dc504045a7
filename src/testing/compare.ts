import { statePath } from '../core/statePath.js';
import { type Mismatch, textOf } from './modelTestError.js';
import type { ModelState } from './model.js';
import { nameOfPlace, stateOf } from './userModel.js';

/** XState's representation of a state: a name, or a name with its active child. */
type StateValue = string | { readonly [state: string]: StateValue | undefined };

/** The part of a snapshot that the model describes. */
export interface Seen {
  readonly status: string;
  readonly value: StateValue;
  readonly context: { readonly attempt: number; readonly delayMs: number };
  readonly error?: unknown;
  readonly output?: { readonly status: string; readonly error?: unknown } | undefined;
}

/** Returns the difference between machine and model; undefined if there is none. */
export function compare(state: ModelState, seen: Seen): Mismatch | undefined {
  // Nothing else is known of an actor that could not be created.
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

/**
 * Returns the difference between a resource's count and what the machine's state allows; undefined if there is none.
 */
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
