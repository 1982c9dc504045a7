import type { Connector } from 'schmoozer/compiled';
import type { Address } from './address.js';

/** The peer of a connector, for limiters and diagnostics. */
export function peerOf({
  target: { host, port, path },
}: Address): Pick<Connector<unknown>, 'limiterKey' | 'peer'> {
  if (path !== undefined) {
    return { limiterKey: path, peer: { address: path, protocol: 'redis', transport: 'unix' } };
  }
  return {
    limiterKey: `${host}:${port}`,
    peer: { address: host, port, protocol: 'redis', transport: 'tcp' },
  };
}
