import type { AnyConnector } from './connector.js';

/**
 * Carries a live or secret value through inputs, contexts and events: private fields are seen by no
 * serializer and by no walk over keys.
 */
export class Redacted<T> {
  // The compiler forgets the type of a private field: without this one, anything redacted would fit anywhere.
  declare protected readonly type: T;
  readonly #value: T;

  /** Hides `value`. */
  constructor(value: T) {
    this.#value = value;
  }

  static value<T>(redacted: Redacted<T>): T {
    return redacted.#value;
  }
}

/** Wraps a connector before it becomes the input of an invoked `reconnectMachine`. */
export function redact<TConnector extends AnyConnector>(
  connector: TConnector,
): Redacted<TConnector> {
  return new Redacted(connector);
}
