/**
 * The client's part of a session that the broker keeps, stored from one connection to the next. It lives as long as the
 * connector; a session that the broker did not keep begins with an empty state.
 */
export class KeptState {
  /**
   * Handled messages of QoS 2 whose ids the broker has not released: a message with such an id is the same message
   * again.
   */
  readonly handled = new Set<number>();
  /** How often `onMessage` threw for each unacknowledged message, by its id. */
  readonly failures = new Map<number, number>();
  /** Messages of QoS 2 that were published without a confirmed end. */
  readonly unfinished = new Set<number>();
  #owner: object | undefined;

  /**
   * Assigns the state to the latest accepted connection, which alone may change it; `isKept` says whether the broker
   * has kept its session.
   */
  begin(owner: object, isKept: boolean): void {
    this.#owner = owner;
    if (isKept) return;
    this.handled.clear();
    this.failures.clear();
    this.unfinished.clear();
  }

  /**
   * True if the connection still owns the state. A handler of an earlier connection may finish after another has begun:
   * by then its id may belong to another message.
   */
  isOf(owner: object): boolean {
    return this.#owner === owner;
  }
}
