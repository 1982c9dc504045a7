import type { Connector, Peer } from 'schmoozer';
import { expect, it } from 'vitest';

/** What a limiter and diagnostics hear of a connector. */
type Told = Pick<Connector<unknown>, 'limiterKey' | 'peer'>;

/** One address, the key that it makes, and the peer; each address contains a login `me`, `secret`, if it can have one. */
export type PeerCase = readonly [url: string, limiterKey: string, peer: Peer];

/**
 * The connector of a client says to whom it connects: otherwise its links would share a queue with those of all other
 * servers, and its metrics would have no address.
 */
export function tellsPeer(
  name: string,
  make: (url: string) => Told,
  cases: readonly PeerCase[],
): void {
  it.each(cases)(`${name} says to whom it connects, without a login: %s`, (url, key, peer) => {
    const connector = make(url);
    const limiterKey = ask(connector.limiterKey);
    expect(limiterKey).toBe(key);
    expect(ask(connector.peer)).toEqual(peer);
    expect(JSON.stringify([limiterKey, ask(connector.peer)])).not.toMatch(/secret|me:|@/);
  });
}

/** What a connector says now. */
export function ask<T>(told: T | (() => T) | undefined): T | undefined {
  return typeof told === 'function' ? (told as () => T)() : told;
}
