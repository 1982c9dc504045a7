import type { AnyConnector, Peer } from '../core/connector.js';
import { showAddress } from '../core/showAddress.js';
import type { DiagnosticsNetwork, DiagnosticsServer } from './messages.js';

/** What messages say of a peer. */
export interface Whereabouts {
  readonly server: DiagnosticsServer;
  readonly network: DiagnosticsNetwork;
}

/** The longest name of a host has 253 characters. */
const MAX_LENGTH = 255;

/** A name or an address of a host, or a path: nothing that a URL could hide a secret in. */
const BARE = /^(?:[^\s\p{C}/\\?#@:[\]]+|[\da-f:.]+(?:%[\w.-]+)?|\/[^\s\p{C}?#@]+)$/iu;

/** A word such as `amqp` or `tcp`. */
const WORD = /^[\w./+-]{1,64}$/;

/** What the connector says at present; undefined if it says nothing, or what is none. */
export function peerOf(connector: AnyConnector): Peer | undefined {
  try {
    const peer = connector.peer;
    const answer: unknown = typeof peer === 'function' ? peer.call(connector) : peer;
    return answer instanceof Object ? answer : undefined;
  } catch {
    // It is the user's function, and this is no place to report to.
    return undefined;
  }
}

/** That of a connector which says nothing. */
export const NOWHERE: Whereabouts = seen({});

/** The latest peer that was looked at, field by field, and what may be seen of it: a fleet has one server, or a few. */
let latest: Peer = {};
let latestSeen = NOWHERE;

/** What may be seen of it: anybody may have written it. The same object for the latest peer and one that says the same. */
export function whereaboutsOf(peer: Peer | undefined): Whereabouts {
  if (peer === undefined) return NOWHERE;
  const { address, port, protocol, transport } = peer;
  const isLatest =
    address === latest.address &&
    port === latest.port &&
    protocol === latest.protocol &&
    transport === latest.transport;
  if (!isLatest) {
    latest = { address, port, protocol, transport };
    latestSeen = seen(latest);
  }
  return latestSeen;
}

function seen({ address, port, protocol, transport }: Peer): Whereabouts {
  return {
    server: {
      address: typeof address === 'string' ? shown(address) : undefined,
      port: Number.isInteger(port) ? port : undefined,
    },
    network: { transport: word(transport), protocol: { name: word(protocol) } },
  };
}

function shown(address: string): string {
  return (BARE.test(address) ? address : showAddress(address)).slice(0, MAX_LENGTH);
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && WORD.test(value) ? value : undefined;
}
