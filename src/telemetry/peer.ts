import type { AnyConnector, Peer } from '../core/connector.js';
import { showAddress } from '../core/showAddress.js';
import type { DiagnosticsNetwork, DiagnosticsServer } from './messages.js';

/** The facts about a peer in messages. */
export interface Whereabouts {
  readonly server: DiagnosticsServer;
  readonly network: DiagnosticsNetwork;
}

/** A host's name has at most 253 characters. */
const MAX_LENGTH = 255;

/** Matches a name or an address of a host, or a path: no form in which a URL could contain a secret. */
const BARE = /^(?:[^\s\p{C}/\\?#@:[\]]+|[\da-f:.]+(?:%[\w.-]+)?|\/[^\s\p{C}?#@]+)$/iu;

/** Matches a word such as `amqp` or `tcp`. */
const WORD = /^[\w./+-]{1,64}$/;

/** The connector's current peer; undefined if it has none, or returns something invalid. */
export function peerOf(connector: AnyConnector): Peer | undefined {
  try {
    const peer = connector.peer;
    const answer: unknown = typeof peer === 'function' ? peer.call(connector) : peer;
    return answer instanceof Object ? answer : undefined;
  } catch {
    // A user's function threw, and there is nowhere to report it here.
    return undefined;
  }
}

/** The facts of a connector without a peer. */
export const NOWHERE: Whereabouts = seen({});

/** The fields of the latest peer and its facts, stored because a fleet has only one or a few servers. */
let latest: Peer = {};
let latestSeen = NOWHERE;

/** Returns the facts of a peer without secrets. For a peer equal to the latest one it returns the same object. */
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
