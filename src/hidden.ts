/**
 * Carries a live or secret value through inputs, contexts and events: private fields are seen by no
 * serializer and by no walk over keys.
 */
export class Hidden<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  static reveal<T>(hidden: Hidden<T>): T {
    return hidden.#value;
  }
}

/** Wraps a connector before it becomes the input of an invoked `reconnectMachine`. */
export function hide<T>(value: T): Hidden<T> {
  return new Hidden(value);
}
