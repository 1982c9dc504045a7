import { printable } from '../core/printable.js';

/**
 * Changes an error of the platform so that a logger can safely show all of it: its texts become printable, and further
 * contents, such as a peer's certificate or received bytes, are hidden from loggers. It stays the same object, with its
 * class, its `code` and all its fields.
 */
export function showable<T>(error: T): T {
  return clean(error, new Set()) as T;
}

function clean(error: unknown, seen: Set<unknown>): unknown {
  if (!(error instanceof Error) || seen.has(error)) return error;
  seen.add(error);
  const { message } = error;
  const text = printable(withoutValue(error));
  if (text !== message) {
    set(error, 'stack', stackOf(error, message, text));
    set(error, 'message', text);
  }
  for (const [name, value] of Object.entries(error)) {
    if (typeof value === 'string') set(error, name, printable(value), true);
    else if (typeof value === 'object' && value !== null) set(error, name, value);
  }
  clean(error.cause, seen);
  return error;
}

/** Node repeats the value of an argument that it refuses: `Received type number (123456)` may be a passphrase. */
function withoutValue({ message, code }: { message: unknown; code?: unknown }): string {
  // `message` is not always a string.
  const text = String(message);
  return String(code).startsWith('ERR_INVALID_ARG_') ? text.replace(/\. Received .*/s, '') : text;
}

/** The stack, with `text` in place of the message. */
function stackOf({ stack }: { stack?: unknown }, message: string, text: string): string {
  return (typeof stack === 'string' ? stack : '')
    .replace(message, () => text)
    .split('\n')
    .map(printable)
    .join('\n');
}

function set(error: Error, name: string, value: unknown, enumerable = false): void {
  Reflect.defineProperty(error, name, { value, enumerable, configurable: true, writable: true });
}
