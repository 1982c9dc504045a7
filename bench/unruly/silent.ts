import type { Bench } from '../bench.js';
import { columns } from './columns.js';
import { observe } from './observe.js';
import { packages, patient, peers } from './peers.js';
import { targetsAgainst } from './target.js';

const variants = [...peers, patient];

export const silent: Bench = {
  name: 'silent',
  title: 'A silent server',
  method: `For 75 s the server accepts TCP connections and stays silent. Then it serves new connections, while the old ones stay silent,
and the client has 45 s to come back. Every client has its defaults, its own process and its own server; three of each
kind. A client without a deadline for the handshake waits on its first connection forever.`,
  remarks: `Five clients are not installed here. In an earlier run against such a server (Node 20.20, one client each, 75 s), all of them were
stuck on one connection: grpc-js, graphql-ws, Phoenix, amqplib's recovery and eventsource-client.`,
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
