import type { Connector } from '../core/connector.js';
import { dispose } from '../core/dispose.js';

/**
 * Holds a link in the states that it would pass through: while closed, it delays the end of aborted work, so that a
 * test can check an interface that should show this state.
 */
export class Hold {
  #opened: Promise<void> | undefined;
  #open: () => void = () => {};

  close(): void {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#opened = undefined;
    this.#open();
  }

  /** Wraps the connector: its aborted attempts and its releases wait until the hold opens. */
  around<TConnection, TOutput>(
    connector: Connector<TConnection, TOutput>,
  ): Connector<TConnection, TOutput> {
    // The machine reports whatever is wrong with it.
    if (typeof connector?.connect !== 'function') return connector;
    const held: Pick<Connector<TConnection, TOutput>, 'connect' | 'disconnect'> = {
      connect: (attempt) => this.#after(connector.connect(attempt), () => attempt.signal.aborted),
      disconnect: (connection) => {
        const released = connector.disconnect
          ? connector.disconnect(connection)
          : dispose(connection);
        return this.#opened === undefined ? released : this.#after(released, () => true);
      },
    };
    return { ...(boundTo(connector) as Connector<TConnection, TOutput>), ...held };
  }

  async #after<T>(settling: T | PromiseLike<T>, isHeld: () => boolean): Promise<T> {
    try {
      return await settling;
    } finally {
      if (isHeld()) await this.#opened;
    }
  }
}

const NAMES = [
  'run',
  'closed',
  'probe',
  'retryDelay',
  'isRetryable',
  'limiter',
  'limiterKey',
  'peer',
] as const satisfies readonly (keyof Connector<never>)[];

/** Returns its own properties and those of its class, bound to it, because private fields need the original object. */
function boundTo(connector: object): object {
  const keys = new Set<string | symbol>([...NAMES, ...Reflect.ownKeys(connector)]);
  const entries = [...keys].map((key) => {
    const value: unknown = Reflect.get(connector, key);
    return [key, typeof value === 'function' ? value.bind(connector) : value] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
