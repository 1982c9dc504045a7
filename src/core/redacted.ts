import type { AnyConnector } from './connector.js';

/**
 * Carries a live or secret value through inputs, contexts and events: serializers and loops over keys do not see
 * private fields.
 */
export class Redacted<T> {
  // The compiler ignores the type of a private field: without this field, any Redacted would be assignable to any
  // other.
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
