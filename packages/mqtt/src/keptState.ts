/**
 * What this side must know of a session that the broker keeps, from one connection to the next. It lives as long as the connector; a
 * session that the broker did not keep begins with none.
 */
export class KeptState {
  /** Messages of QoS 2 that are handled, until the broker releases their ids: what it sends again under these is the same message. */
  readonly handled = new Set<number>();
  /** How often `onMessage` threw at a message that is not acknowledged, by its id. */
  readonly failures = new Map<number, number>();
  /** Messages of QoS 2 that were published, and whose end was not seen. */
  readonly unfinished = new Set<number>();
  #owner: object | undefined;

  /** The connection that the broker has accepted last may change what is known; `isKept` is what the broker says of its session. */
  begin(owner: object, isKept: boolean): void {
    this.#owner = owner;
    if (isKept) return;
    this.handled.clear();
    this.failures.clear();
    this.unfinished.clear();
  }

  /** A handler of an earlier connection may end after another has begun: by then its id may be that of another message. */
  isOf(owner: object): boolean {
    return this.#owner === owner;
  }
}
