import type { NatsConnection } from '@nats-io/transport-node';
import type { Connector, Peer } from 'schmoozer/compiled';
import type { ConnectionSettings } from './connectionOptions.js';

const DEFAULT_PORT = 4222;

interface Whereabouts {
  readonly told: Pick<Connector<unknown>, 'limiterKey' | 'peer'>;
  /** Called with a new connection: of several servers, the client has chosen one. */
  readonly connected: (nats: Pick<NatsConnection, 'getServer'>) => void;
}

/** The peer of a connector, for limiters and diagnostics: of several servers, the one of the latest session. */
export function peerOf({ servers }: ConnectionSettings): Whereabouts {
  const addresses = servers.map(addressOf);
  let current = addresses.length === 1 ? addresses[0] : undefined;
  const limiterKey = addresses.map(({ address, port }) => `${address}:${port}`).join(',');
  return {
    told: { limiterKey, peer: (): Peer => ({ ...current, protocol: 'nats', transport: 'tcp' }) },
    connected: (nats) => (current = addressOf(nats.getServer())),
  };
}

/** Parses `host:port` or a URL; a login in it is left out. */
function addressOf(server: string): { readonly address: string; readonly port: number } {
  const [, host = ''] = /^(?:\w+:\/\/)?(?:.*@)?([^/?#]*)/s.exec(server.trim()) ?? [];
  const [, bracketed, name, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(host) ?? [];
  // An IPv6 address without brackets has no port.
  return { address: bracketed ?? name ?? host, port: Number(port ?? DEFAULT_PORT) };
}
