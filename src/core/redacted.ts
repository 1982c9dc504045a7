/**
 * Carries a live or secret value through inputs, contexts and events: private fields are seen by no
 * serializer and by no walk over keys.
 */
export class Redacted<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  static value<T>(redacted: Redacted<T>): T {
    return redacted.#value;
  }
}

/** Wraps a connector before it becomes the input of an invoked `reconnectMachine`. */
export function redact<T>(value: T): Redacted<T> {
  return new Redacted(value);
}
