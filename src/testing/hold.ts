import type { Connector } from '../core/connector.js';
import { dispose } from '../core/dispose.js';

/**
 * Keeps a link in the states it would pass through: while closed, what was told to end is not heard to have ended, so
 * that one can look at an interface that should say so.
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

  /** The same connector, whose aborted attempts and whose releases wait for the hold to open. */
  around<TConnection, TOutput>(
    connector: Connector<TConnection, TOutput>,
  ): Connector<TConnection, TOutput> {
    // Whatever is wrong with it is the machine's to say.
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

/** Its own properties and what its class has; private fields need the very object. */
function boundTo(connector: object): object {
  const keys = new Set<string | symbol>([...NAMES, ...Reflect.ownKeys(connector)]);
  const entries = [...keys].map((key) => {
    const value: unknown = Reflect.get(connector, key);
    return [key, typeof value === 'function' ? value.bind(connector) : value] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
