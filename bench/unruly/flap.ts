import type { Bench } from '../bench.js';
import { columns } from './columns.js';
import { observe } from './observe.js';
import { packages, peers } from './peers.js';
import { targetsAgainst } from './target.js';

export const flap: Bench = {
  name: 'flap',
  title: 'A flapping server',
  method: `For 30 s the server does the handshake of the client's protocol and drops the connection at once; then it behaves, and
is given 35 s to see the client again. Every client has its defaults, a process and a server of its own; three of each kind.`,
  remarks: `Not installed here, from an earlier run of ours against a server of this kind (Node 20.20, one client each, 30 s):
Phoenix 2392 accepts, eventsource-client 15, graphql-ws 13.`,
  variants: peers,
  columns: columns('30 s'),
  targets: targetsAgainst('flapping'),
  notes: 'note',
  rounds: 1,
  repeats: 'clients of each kind',
  size: { windowMs: 30_000, patienceMs: 35_000, clients: 3 },
  tiny: { windowMs: 100, patienceMs: 200, clients: 1 },
  packages,
  run: (size) => observe('flapping', size, peers),
};
