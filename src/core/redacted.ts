import type { AnyConnector } from './connector.js';

/**
 * A box that hides a value, such as a connector or a secret, from inspectors and serializers: the value is in a private
 * field, which they do not see.
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

/**
 * Hides a connector, and the secrets in it, from inspectors and serializers: pass the result as `connector` in the
 * `input` of an invoked `reconnectMachine`.
 */
export function redact<TConnector extends AnyConnector>(
  connector: TConnector,
): Redacted<TConnector> {
  return new Redacted(connector);
}
