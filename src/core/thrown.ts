import { unmark } from './errors.js';
import { printable } from './printable.js';

/**
 * Something that was thrown, on its way through events, contexts and snapshots. What can be read of it is facts alone:
 * an error may carry a request with its credentials, or a cycle that no serializer takes. The error itself is kept
 * where no serializer and no walk over keys finds it.
 */
export class Thrown {
  readonly name: string;
  /** In one line, without control characters. */
  readonly message: string;
  declare readonly code?: string;
  readonly #error: unknown;
  #note: unknown = undefined;

  constructor(error: unknown) {
    this.#error = error;
    const cause = unmark(error);
    this.name = text(cause, 'name') ?? typeof cause;
    // A text that was thrown bare may be anything, a token too.
    this.message = text(cause, 'message') ?? `${this.name} was thrown`;
    const code = text(cause, 'code');
    if (code !== undefined) this.code = code;
  }

  static error(thrown: Thrown): unknown {
    return thrown.#error;
  }

  /** What somebody has found out about it, for those who ask later: spares a WeakMap, which costs ten times as much. */
  static note(thrown: Thrown): unknown {
    return thrown.#note;
  }

  static setNote(thrown: Thrown, note: unknown): void {
    thrown.#note = note;
  }
}

/** The error itself, if it is on its way; anything else as it is. */
export function unwrap(error: unknown): unknown {
  return error instanceof Thrown ? Thrown.error(error) : error;
}

/** A field of an error, if it is a text or a number; a getter may throw. */
function text(error: unknown, field: 'name' | 'message' | 'code'): string | undefined {
  try {
    const value = (error as Record<string, unknown> | null | undefined)?.[field];
    if (typeof value === 'string' || typeof value === 'number') return printable(String(value));
  } catch {
    // The error is not made for reading: its type is all there is to say.
  }
  return undefined;
}
