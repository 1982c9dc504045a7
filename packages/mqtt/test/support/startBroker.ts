import { createServer, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';
import { listening } from '../../../../test/support/loopback.js';

/** A client's connection, as the broker has it. */
export interface Peer {
  /** Packets that have come, in their order. */
  readonly packets: Packet[];
  readonly socket: Socket;
  readonly send: (packet: object) => void;
}

interface Broker {
  readonly url: string;
  /** Every connection so far. */
  readonly peers: Peer[];
}

/**
 * A broker of a few lines: it accepts, confirms subscriptions at the QoS they ask for, answers pings and publishes, or does what
 * `answer` says.
 *
 * @param answer called with each packet first; true if it has answered
 */
export async function startBroker(
  protocolVersion: 4 | 5,
  answer: (packet: Packet, peer: Peer, epoch: number) => boolean | void = () => false,
): Promise<Broker> {
  const peers: Peer[] = [];
  const server = createServer((socket) => {
    const read = parser({ protocolVersion });
    const peer: Peer = {
      packets: [],
      socket,
      send: (packet) => void socket.write(generate(packet as Packet, { protocolVersion })),
    };
    const epoch = peers.push(peer);
    read.on('packet', (packet) => {
      peer.packets.push(packet);
      if (!answer(packet, peer, epoch)) answerAsUsual(packet, peer, epoch);
    });
    socket.on('data', (data) => void read.parse(data));
  });
  const port = await listening(server);
  return { url: `mqtt://127.0.0.1:${port}`, peers };
}

function answerAsUsual(packet: Packet, { send, socket }: Peer, epoch: number): void {
  const messageId = packet.messageId as number;
  switch (packet.cmd) {
    case 'connect':
      send({ cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: epoch > 1 });
      return;
    case 'subscribe':
      send({ cmd: 'suback', messageId, granted: packet.subscriptions.map(({ qos }) => qos) });
      return;
    case 'pingreq':
      send({ cmd: 'pingresp' });
      return;
    case 'publish':
      if (packet.qos === 1) send({ cmd: 'puback', messageId, reasonCode: 0 });
      if (packet.qos === 2) send({ cmd: 'pubrec', messageId, reasonCode: 0 });
      return;
    case 'pubrec':
      send({ cmd: 'pubrel', messageId, reasonCode: 0 });
      return;
    case 'pubrel':
      send({ cmd: 'pubcomp', messageId, reasonCode: 0 });
      return;
    case 'disconnect':
      socket.end();
      return;
    default:
  }
}
