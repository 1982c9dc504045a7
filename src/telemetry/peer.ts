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

/** What may be seen of it: anybody may have written it. */
export function whereaboutsOf(peer: Peer | undefined): Whereabouts {
  const { address, port, protocol, transport } = peer ?? {};
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
