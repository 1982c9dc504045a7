import type { ConnectContext } from '../core/connector.js';
import { isFatalError, unmark } from '../core/errors.js';
import { isAborted } from '../core/whenAborted.js';
import { askDiscover, type Discover } from './discovery.js';
import { DiscoveryError } from './discoveryError.js';
import type { Endpoint } from './endpoint.js';
import type { EndpointRoster } from './endpointRoster.js';
import { unasked } from './passedOn.js';

/** Keeps the endpoints of a roster up to date. */
export class EndpointSource {
  readonly #discover: Discover<Endpoint>;
  readonly #roster: EndpointRoster;
  /** When `discover` last answered or failed. */
  #askedAtMs = -Infinity;

  constructor(discover: Discover<Endpoint>, roster: EndpointRoster) {
    this.#discover = discover;
    this.#roster = roster;
  }

  /**
   * Calls `discover` if there is no list, if all its endpoints have failed, or if it is old; never within a round.
   *
   * @throws what `askDiscover` throws, if there is no list, or if `fatal` has marked the error, or if the attempt is
   * aborted
   */
  async refresh(attempt: ConnectContext): Promise<void> {
    const { pool, settings, tell } = this.#roster;
    const { clock, discoverAgeMs, discoverTimeoutMs, now } = settings;
    const isOld = now() - this.#askedAtMs >= discoverAgeMs;
    if (!this.#roster.isSuspect && (pool.isInRound || !isOld)) return;
    try {
      const found = await askDiscover(this.#discover, attempt, clock, discoverTimeoutMs);
      pool.update(found);
      tell({ type: 'endpoints.discovered', endpoints: pool.members.map(({ name }) => name) });
    } catch (error) {
      if (isAborted(attempt)) throw error;
      tell({ type: 'discovery.failed', error: unmark(error) });
      if (isFatalError(error)) throw error;
      if (pool.members.length === 0) {
        // No server was asked, so this is not a server's failure.
        throw error instanceof DiscoveryError ? unasked(error) : error;
      }
    }
    this.#askedAtMs = now();
    this.#roster.isSuspect = false;
  }
}
