import { unmark } from './errors.js';
import { printable } from './printable.js';

/**
 * Carries a thrown value through events, contexts and snapshots, which can read only its facts: an error may contain a
 * request with its credentials, or a cycle that no serializer accepts. The error itself stays where serializers and
 * loops over keys do not find it.
 */
export class Thrown {
  readonly name: string;
  /** One line, without control characters. */
  readonly message: string;
  declare readonly code?: string;
  readonly #error: unknown;
  #note: unknown = undefined;

  constructor(error: unknown) {
    this.#error = error;
    const cause = unmark(error);
    this.name = text(cause, 'name') ?? typeof cause;
    // A string that was thrown bare may be anything, including a token.
    this.message = text(cause, 'message') ?? `${this.name} was thrown`;
    const code = text(cause, 'code');
    if (code !== undefined) this.code = code;
  }

  static error(thrown: Thrown): unknown {
    return thrown.#error;
  }

  /** Facts that were found out about the error, for later readers: avoids a WeakMap, which costs ten times as much. */
  static note(thrown: Thrown): unknown {
    return thrown.#note;
  }

  static setNote(thrown: Thrown, note: unknown): void {
    thrown.#note = note;
  }
}

/** Returns the error inside a Thrown; any other value as it is. */
export function unwrap(error: unknown): unknown {
  return error instanceof Thrown ? Thrown.error(error) : error;
}

/** Reads a field of an error, if it is a string or a number; a getter may throw. */
function text(error: unknown, field: 'name' | 'message' | 'code'): string | undefined {
  try {
    const value = (error as Record<string, unknown> | null | undefined)?.[field];
    if (typeof value === 'string' || typeof value === 'number') return printable(String(value));
  } catch {
    // The error cannot be read: its type is all that can be said.
  }
  return undefined;
}
