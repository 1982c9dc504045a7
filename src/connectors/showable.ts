import { printable } from '../core/printable.js';

/**
 * An error of the platform, changed so that it can be shown whole, by a logger too: its texts are printable, and what else
 * it carries, such as a peer's certificate or the bytes that came, is where no logger looks for it. It is the same object:
 * its class, its `code` and all its fields are there for who asks for them.
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
  // Not everybody puts a text there.
  const text = String(message);
  return String(code).startsWith('ERR_INVALID_ARG_') ? text.replace(/\. Received .*/s, '') : text;
}

/** The stack with the text in place of the message. */
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
