import type { Bench } from '../bench.js';
import { columns } from './columns.js';
import { observe } from './observe.js';
import { packages, peers } from './peers.js';
import { targetsAgainst } from './target.js';

export const flap: Bench = {
  name: 'flap',
  title: 'A flapping server',
  method: `For 30 s the server completes the handshake of the client's protocol and drops the connection at once. Then it works normally, and
the client has 35 s to come back. Every client has its defaults, its own process and its own server; three of each kind.`,
  remarks: `Three clients are not installed here. An earlier run against such a server (Node 20.20, one client each, 30 s) counted
the connections accepted: Phoenix 2392, eventsource-client 15, graphql-ws 13.`,
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
