import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';

/** Serves sockets in one protocol: does the handshake, says `onReady`, and answers what keeps a client. */
export type Serve = (socket: Socket, onReady: () => void) => void;

/** What every client of a kind needs to believe that it is connected, and no more. */
export const protocols: Readonly<Record<string, () => Serve>> = {
  webSocket() {
    const http = createServer();
    const sockets = new WebSocketServer({ server: http });
    const ready = readies();
    sockets.on('connection', (_socket, { socket }) => ready.call(socket));
    return (socket, onReady) => {
      ready.add(socket, onReady);
      http.emit('connection', socket);
    };
  },
  socketIo() {
    const http = createServer();
    const ready = readies();
    new Server(http, { transports: ['websocket'] }).on('connection', ({ request }) =>
      ready.call(request.socket),
    );
    return (socket, onReady) => {
      ready.add(socket, onReady);
      http.emit('connection', socket);
    };
  },
  // Every command is answered by OK, and the question whether data is loaded by an empty INFO.
  redis: () => (socket, onReady) => {
    socket.on('data', (data) => {
      const commands = String(data).match(/^\*\d+\r\n\$\d+\r\n\w+/gm) ?? [];
      for (const command of commands) {
        const isInfo = /info$/i.test(command);
        socket.write(isInfo ? '$11\r\nloading:0\r\n\r\n' : '+OK\r\n');
        if (isInfo) onReady();
      }
    });
  },
  // CONNECT gets CONNACK, PINGREQ gets PINGRESP.
  mqtt: () => (socket, onReady) => {
    socket.on('data', (data) => {
      const type = (data[0] ?? 0) >> 4;
      if (type === 1) {
        socket.write(Buffer.from([0x20, 2, 0, 0]));
        onReady();
      } else if (type === 12) socket.write(Buffer.from([0xd0, 0]));
    });
  },
  nats: () => (socket, onReady) => {
    const info = { server_id: 'bench', version: '2.10.0', proto: 1, max_payload: 1_048_576 };
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    let isReady = false;
    socket.on('data', (data) => {
      if (!String(data).includes('PING')) return;
      socket.write('PONG\r\n');
      if (!isReady) onReady();
      isReady = true;
    });
  },
  // Start, Tune and OpenOk are answers to the header, to StartOk and to Open.
  amqp: () => (socket, onReady) => {
    socket.on('data', (data) => {
      if (data.subarray(0, 4).toString() === 'AMQP') socket.write(amqpStart);
      if (hasAmqpMethod(data, 11)) socket.write(amqpFrame('000a001e 0000 00000000 0000'));
      if (hasAmqpMethod(data, 40)) {
        socket.write(amqpFrame('000a0029 00'));
        onReady();
      }
    });
  },
};

function readies() {
  const waiting = new WeakMap<object, () => void>();
  return {
    add: (socket: Socket, onReady: () => void) => void waiting.set(socket, onReady),
    call: (socket: object) => waiting.get(socket)?.(),
  };
}

const longString = (text: string) =>
  text.length.toString(16).padStart(8, '0') + Buffer.from(text).toString('hex');
const amqpStart = amqpFrame(`000a000a 0009 00000000 ${longString('PLAIN')} ${longString('en_US')}`);

/** A method frame on channel 0. */
function amqpFrame(hex: string): Buffer {
  const payload = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const head = Buffer.alloc(7);
  head.writeUInt8(1);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.from([0xce])]);
}

/** Whether a method frame of the class `connection` begins with this method. */
function hasAmqpMethod(data: Buffer, method: number): boolean {
  return data.includes(Buffer.from([0, 10, 0, method]));
}
