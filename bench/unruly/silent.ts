import type { Bench } from '../bench.js';
import { columns } from './columns.js';
import { observe } from './observe.js';
import { packages, patient, peers } from './peers.js';
import { targetsAgainst } from './target.js';

const variants = [...peers, patient];

export const silent: Bench = {
  name: 'silent',
  title: 'A silent server',
  method: `For 75 s the server accepts TCP connections and says nothing; then it serves new connections, the old ones stay silent,
and it is given 45 s to see the client again. Every client has its defaults, a process and a server of its own; three of each
kind. Who has no deadline on the handshake waits on its first connection for ever.`,
  remarks: `Not installed here, from an earlier run of ours against a server of this kind (Node 20.20, one client each, 75 s): stuck
on one connection were grpc-js, graphql-ws, Phoenix, amqplib's recovery and eventsource-client.`,
  variants,
  columns: columns('75 s'),
  targets: targetsAgainst('silent'),
  notes: 'note',
  rounds: 1,
  repeats: 'clients of each kind',
  size: { windowMs: 75_000, patienceMs: 45_000, clients: 3 },
  tiny: { windowMs: 100, patienceMs: 200, clients: 1 },
  packages,
  run: (size) => observe('silent', size, variants),
};
