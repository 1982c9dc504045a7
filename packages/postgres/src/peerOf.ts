import { Socket } from 'node:net';
import type { Peer } from 'schmoozer/compiled';
import { makeClient } from './makeClient.js';
import type { ConnectionSettings } from './options.js';

/** The peer, for limiters and diagnostics; undefined if it is known only during an attempt. */
export function peerOf(settings: ConnectionSettings): { peer?: Peer; limiterKey?: string } {
  const { url } = settings;
  if (typeof url === 'function') return {};
  const known = addressOf(settings, url);
  if (known === undefined) return {};
  const { host, port } = known;
  // The directory of a socket.
  if (host.startsWith('/')) {
    const path = `${host}/.s.PGSQL.${port}`;
    return { limiterKey: path, peer: { address: path, protocol: 'postgresql', transport: 'unix' } };
  }
  const address = host.replace(/^\[(.*)\]$/, '$1');
  return {
    limiterKey: `${address}:${port}`,
    peer: { address, port, protocol: 'postgresql', transport: 'tcp' },
  };
}

/** Asks the client, which knows its defaults, such as `PGHOST`; each attempt reports an invalid URL. */
function addressOf(
  settings: ConnectionSettings,
  url: string | undefined,
): { readonly host: string; readonly port: number } | undefined {
  try {
    return makeClient(settings, url, undefined, new Socket());
  } catch {
    return undefined;
  }
}
