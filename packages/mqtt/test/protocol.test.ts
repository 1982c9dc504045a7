import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { constantBackoff, run } from 'schmoozer';
import { outbox } from 'schmoozer/outbox';
import { describe, expect, it } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { acceptOf } from '../../../test/support/acceptOf.js';
import { firstAttempt } from '../../../test/support/attempt.js';
import { certificateFor } from '../../../test/support/certificate.js';
import { listening, rejection } from '../../../test/support/loopback.js';
import { until } from '../../../test/support/until.js';
import { type MqttConnection, MqttReasonError, mqttSubscriber } from '../src/index.js';
import { keepUp } from './support/keepUp.js';
import { type Peer, startBroker } from './support/startBroker.js';

const options = { clientId: 'me', topics: 'a', onMessage() {} };

const sent = ({ packets }: Peer, cmd: string) => packets.filter((packet) => packet.cmd === cmd);
const publish = (messageId: number, more: object = {}) => ({
  cmd: 'publish',
  topic: 'a',
  payload: `message ${messageId}`,
  qos: 1,
  messageId,
  ...more,
});

function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('what goes out', () => {
  it('has the login of the function, the id and the session of the options, whatever the URL says', async () => {
    const { url, peers } = await startBroker(5);
    const asked: number[] = [];
    const link = keepUp({
      ...options,
      url: `${url.replace('//', '//you:stale%40@')}/path?clientId=another`,
      login: ({ attempt }) => {
        asked.push(attempt);
        return { username: 'me', password: Buffer.from('secret') };
      },
      heartbeatMs: 1500,
      sessionExpiryS: Infinity,
      maxInFlight: 7,
      clientOptions: { properties: { userProperties: { a: 'b' } } },
    });
    await link.session(1);
    expect(peers[0]?.packets[0]).toMatchObject({
      cmd: 'connect',
      protocolVersion: 5,
      clean: false,
      clientId: 'me',
      keepalive: 2,
      username: 'me',
      password: Buffer.from('secret'),
      properties: { sessionExpiryInterval: 0xff_ff_ff_ff, receiveMaximum: 100 },
    });
    expect(asked).toEqual([0]);
    expect(link.connections[0]?.client.options).toMatchObject({ reconnectPeriod: 0 });
    expect(sent(peers[0] as Peer, 'subscribe')[0]).toMatchObject({
      subscriptions: [{ topic: 'a', qos: 1, nl: false, rap: false, rh: 1 }],
    });
  });

  it('has the login of the URL where there is no other, and speaks MQTT 3.1.1 when told to', async () => {
    const { url, peers } = await startBroker(4);
    const link = keepUp({
      url: url.replace('//', '//me:p%40ss@'),
      topics: { b: 2, '1': { qos: 0 } },
      onMessage() {},
      protocolVersion: 4,
      sessionExpiryS: 0,
    });
    await link.session(1);
    expect(peers[0]?.packets[0]).toMatchObject({
      protocolVersion: 4,
      clean: true,
      username: 'me',
      password: Buffer.from('p@ss'),
    });
    expect(link.sessions[0]).toEqual({
      epoch: 1,
      gap: false,
      sessionPresent: false,
      granted: { b: 2, '1': 0 },
    });
  });

  it.each<[4 | 5, object, string]>([
    [5, { QoS: 1 }, 'QoS'],
    [4, { qos: 1, properties: { messageExpiryInterval: 1 } }, 'properties'],
  ])(
    'publishes nothing with MQTT %i and an option that would be ignored: %o',
    async (version, how, name) => {
      const { url, peers } = await startBroker(version);
      const link = keepUp({ ...options, url, protocolVersion: version });
      await link.session(1);
      const [connection] = link.connections as [MqttConnection];
      const error = await rejection(connection.publish('a', 'b', how));
      expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option: name });
      await connection.publish('a', 'c', { qos: 1, retain: undefined as never });
      expect(sent(peers[0] as Peer, 'publish')).toMatchObject([{ payload: Buffer.from('c') }]);
    },
  );

  it('asks a function for the URL at each attempt, and connects where it says', async () => {
    const elsewhere = await startBroker(5);
    const moved = await startBroker(5, ({ cmd }, { send }) => {
      if (cmd !== 'connect') return false;
      const properties = { serverReference: elsewhere.url };
      send({ cmd: 'connack', reasonCode: 157, sessionPresent: false, properties });
      return true;
    });
    const link = keepUp({
      ...options,
      url: ({ lastError }): string =>
        lastError instanceof MqttReasonError ? String(lastError.serverReference) : moved.url,
    });
    await link.session(1);
    expect([moved.peers.length, elsewhere.peers.length]).toEqual([1, 1]);
  });

  it.each([
    ['url', { url: (): string => 'http://127.0.0.1' }],
    ['url', { url: (): string => 'mqtt://127.0.0.1', tls: {} }],
    ['login', { url: 'mqtt://127.0.0.1:1', login: () => ({ password: 'secret' }) as never }],
  ])('is refused if the function of `%s` answers with what cannot be', async (name, own) => {
    const failure = rejection(run(mqttSubscriber({ ...options, ...own })));
    expect(String(await failure)).toContain(`\`${name}\``);
    expect(String(await failure)).not.toContain('secret');
  });
});

describe('a message of QoS 1', () => {
  it('is acknowledged when its handler is done, and what comes meanwhile is not held up', async () => {
    const { url, peers } = await startBroker(5);
    const [slow, heard]: [ReturnType<typeof gate>, string[]] = [gate(), []];
    const link = keepUp({
      ...options,
      url,
      heartbeatMs: 1000,
      maxInFlight: 2,
      onMessage: ({ payload }) => {
        heard.push(String(payload));
        return heard.length === 1 ? slow.opened : undefined;
      },
    });
    await link.session(1);
    const peer = peers[0] as Peer;
    peer.send(publish(1));
    peer.send(publish(2));
    await until('the second is acknowledged', () => sent(peer, 'puback').length === 1);
    expect(sent(peer, 'puback')[0]).toMatchObject({ messageId: 2 });
    // The client would take the broker for dead after one and a half.
    await until('two pings', () => sent(peer, 'pingreq').length === 2);
    peer.send(publish(3));
    await until('the third is acknowledged', () => sent(peer, 'puback').length === 2);
    slow.open();
    await until('the first is acknowledged', () => sent(peer, 'puback').length === 3);
    expect(sent(peer, 'puback')[2]).toMatchObject({ messageId: 1, reasonCode: 0 });
    expect([heard.length, peers.length]).toEqual([3, 1]);
  });

  it.each([
    [5, 131],
    [4, undefined],
  ] as const)(
    'that is put aside is acknowledged after `onDeadLetter`: by MQTT %i with reason %s',
    async (protocolVersion, reasonCode) => {
      const { url, peers } = await startBroker(protocolVersion);
      const aside = gate();
      let error: unknown;
      const link = keepUp({
        ...options,
        url,
        protocolVersion,
        onMessage: () => Promise.reject(new Error('bad')),
        onError() {},
        maxRedeliveries: 1,
        redeliveryDelayMs: 0,
        onDeadLetter: (_message, last) => {
          error = last;
          return aside.opened;
        },
      });
      await link.session(1);
      const peer = peers[0] as Peer;
      peer.send(publish(300));
      await until('it is put aside', () => error !== undefined);
      expect(sent(peer, 'puback')).toEqual([]);
      aside.open();
      await until('it is acknowledged', () => sent(peer, 'puback').length === 1);
      expect(sent(peer, 'puback')[0]).toMatchObject({ messageId: 300 });
      expect((sent(peer, 'puback')[0] as { reasonCode?: number }).reasonCode).toBe(reasonCode);
      expect(String(error)).toBe('Error: bad');
    },
  );

  it('counts its failures across sessions, and is put aside after `maxRedeliveries`', async () => {
    const { url, peers } = await startBroker(5, ({ cmd }, peer, epoch) => {
      if (cmd !== 'subscribe') return;
      setImmediate(() => peer.send(publish(7, { dup: epoch > 1 })));
    });
    const [counts, aside]: [number[], unknown[]] = [[], []];
    keepUp({
      ...options,
      url,
      onMessageError: 'end',
      maxRedeliveries: 2,
      onMessage(_message, { redeliveries }) {
        counts.push(redeliveries);
        throw new Error('bad');
      },
      onDeadLetter: (_message, error) => aside.push(error),
    });
    await until('it is put aside', () => aside.length > 0);
    expect([counts, String(aside[0])]).toEqual([[0, 1, 2], 'Error: bad']);
    expect(peers.length).toBe(3);
  });

  it('that the broker sends again is handled also with no redelivery: it may only have been sent ahead', async () => {
    const { url, peers } = await startBroker(5);
    const counts: number[] = [];
    const link = keepUp({
      ...options,
      url,
      maxRedeliveries: 0,
      onMessage: (_message, { redeliveries }) => counts.push(redeliveries),
    });
    await link.session(1);
    peers[0]?.send(publish(7, { dup: true }));
    await until('it is acknowledged', () => sent(peers[0] as Peer, 'puback').length === 1);
    expect(counts).toEqual([0]);
  });

  it('under an id that another had before begins with no failures', async () => {
    const { url, peers } = await startBroker(5);
    const counts: number[] = [];
    const link = keepUp({
      ...options,
      url,
      redeliveryDelayMs: 2 ** 31 - 1,
      onError() {},
      onMessage(_message, { redeliveries }) {
        counts.push(redeliveries);
        throw new Error('bad');
      },
    });
    await link.session(1);
    peers[0]?.send(publish(7));
    await until('it has failed', () => counts.length === 1);
    peers[0]?.socket.destroy();
    await link.session(2);
    peers[1]?.send(publish(7));
    await until('the other has failed', () => counts.length === 2);
    expect(counts).toEqual([0, 0]);
  });
});

describe('a message of QoS 2', () => {
  it('is handled before PUBREC, and a stop waits until its id is released', async () => {
    const released = gate();
    const { url, peers } = await startBroker(5, (packet, { send }) => {
      if (packet.cmd !== 'pubrec') return false;
      const { messageId } = packet;
      void released.opened.then(() => send({ cmd: 'pubrel', messageId, reasonCode: 0 }));
      return true;
    });
    const slow = gate();
    let heard = 0;
    const onMessage = () => {
      heard++;
      return slow.opened;
    };
    const link = keepUp({ ...options, url, onMessage });
    await link.session(1);
    const peer = peers[0] as Peer;
    peer.send(publish(5, { qos: 2 }));
    await until('it has begun', () => heard === 1);
    const stopping = link.stop();
    slow.open();
    await until('PUBREC', () => sent(peer, 'pubrec').length === 1);
    released.open();
    await stopping;
    const order = peer.packets.map(({ cmd }) => cmd);
    expect(order).toEqual(['connect', 'subscribe', 'pubrec', 'pubcomp', 'disconnect']);
  });

  it('is not handled again if its PUBREC was lost, or if it was done after the loss', async () => {
    let hears = false;
    const { url, peers } = await startBroker(5, ({ cmd }) => cmd === 'pubrec' && !hears);
    const slow = gate();
    const heard: number[] = [];
    const link = keepUp({
      ...options,
      url,
      maxInFlight: 2,
      onMessage: ({ packetId }) => {
        heard.push(packetId as number);
        return packetId === 6 ? slow.opened : undefined;
      },
    });
    await link.session(1);
    peers[0]?.send(publish(5, { qos: 2 }));
    peers[0]?.send(publish(6, { qos: 2 }));
    await until('PUBREC', () => sent(peers[0] as Peer, 'pubrec').length === 1);
    peers[0]?.socket.destroy();
    await until('it is lost', () => link.emitted.at(-1)?.type === 'connection.closing');
    slow.open();
    await link.session(2);
    hears = true;
    peers[1]?.send(publish(5, { qos: 2, dup: true }));
    peers[1]?.send(publish(6, { qos: 2, dup: true }));
    await until('both are over', () => sent(peers[1] as Peer, 'pubcomp').length === 2);
    expect(heard).toEqual([5, 6]);
    // Released ids may be those of others.
    peers[1]?.send(publish(5, { qos: 2, dup: true }));
    await until('the next one', () => heard.length === 3);
  });

  it('is not taken for handled by a handler that outlives its session, when its id is that of another', async () => {
    const { url, peers } = await startBroker(5);
    const slow = gate();
    const heard: number[] = [];
    const onMessage = (_message: unknown, { epoch }: { epoch: number }) => {
      heard.push(epoch);
      return epoch === 1 ? slow.opened : undefined;
    };
    const link = keepUp({ ...options, url, onMessage }, 1);
    await link.session(1);
    peers[0]?.send(publish(5, { qos: 2 }));
    await until('it has begun', () => heard.length === 1);
    peers[0]?.socket.destroy();
    await link.session(2);
    const peer = peers[1] as Peer;
    peer.send(publish(5, { qos: 2, dup: true }));
    await until('it is over', () => sent(peer, 'pubcomp').length === 1);
    slow.open();
    await slow.opened;
    // Its first delivery did not come through.
    peer.send(publish(5, { qos: 2, dup: true }));
    await until('the other is over', () => sent(peer, 'pubcomp').length === 2);
    expect(heard).toEqual([1, 2, 2]);
  });

  it.each<[string, boolean, object]>([
    ['is another message without DUP', true, {}],
    ['is another message in a session that was not kept', false, { dup: true }],
  ])('under an id whose PUBREC was lost %s', async (_title, sessionPresent, more) => {
    const { url, peers } = await startBroker(5, ({ cmd }, peer, epoch) => {
      if (cmd === 'connect' && epoch === 2) {
        peer.send({ cmd: 'connack', reasonCode: 0, sessionPresent });
        return true;
      }
      return cmd === 'pubrec' && epoch === 1;
    });
    let heard = 0;
    const link = keepUp({ ...options, url, onMessage: () => void heard++ });
    await link.session(1);
    peers[0]?.send(publish(5, { qos: 2 }));
    await until('PUBREC', () => sent(peers[0] as Peer, 'pubrec').length === 1);
    peers[0]?.socket.destroy();
    await link.session(2);
    expect(link.sessions[1]?.gap).toBe(!sessionPresent);
    peers[1]?.send(publish(5, { qos: 2, ...more }));
    await until('it is heard', () => heard === 2);
  });
});

describe('publish', () => {
  it.each([0, 1, 2] as const)('resolves at QoS %i', async (qos) => {
    const { url, peers } = await startBroker(5);
    const link = keepUp({ ...options, url, topics: [] });
    await link.session(1);
    await link.connections[0]?.publish('b', Uint8Array.of(104, 105), { qos, retain: true });
    await until('it has come', () => sent(peers[0] as Peer, 'publish').length === 1);
    expect(sent(peers[0] as Peer, 'publish')[0]).toMatchObject({
      topic: 'b',
      payload: Buffer.from('hi'),
      qos,
      retain: true,
    });
    expect(sent(peers[0] as Peer, 'subscribe')).toEqual([]);
  });

  it.each([1, 2] as const)('rejects at QoS %i when the broker refuses the message', async (qos) => {
    const { url } = await startBroker(5, (packet, { send }) => {
      if (packet.cmd !== 'publish') return false;
      const { messageId } = packet;
      send({ cmd: qos === 1 ? 'puback' : 'pubrec', messageId, reasonCode: 135 });
      return true;
    });
    const link = keepUp({ ...options, url });
    await link.session(1);
    const failure = rejection((link.connections[0] as MqttConnection).publish('b', '', { qos }));
    expect(await failure).toMatchObject({ packet: 'PUBACK', reasonCode: 135 });
  });

  it('rejects when the session is lost or over, and finishes what the broker may have in the next one', async () => {
    const { url, peers } = await startBroker(5, ({ cmd }, { socket }, epoch) => {
      if (cmd !== 'publish' || epoch > 1) return false;
      socket.destroy();
      return true;
    });
    const link = keepUp({ ...options, url });
    await link.session(1);
    const [first] = link.connections as [MqttConnection];
    const failure = await rejection(first.publish('b', 'once', { qos: 2 }));
    expect(String(failure)).toContain('the broker closed the connection');
    await link.session(2);
    expect(String(await rejection(first.publish('b', 'late')))).toContain(
      'the broker closed the connection',
    );
    const lost = sent(peers[0] as Peer, 'publish')[0]?.messageId;
    expect(sent(peers[1] as Peer, 'pubrel')).toMatchObject([{ messageId: lost }]);
    // It is over by its PUBCOMP.
    peers[1]?.socket.destroy();
    await link.session(3);
    expect(sent(peers[2] as Peer, 'pubrel')).toEqual([]);
  });

  it('is the `send` of an outbox: what the broker has not acknowledged is sent again', async () => {
    const { url, peers } = await startBroker(5, ({ cmd }, { socket }, epoch) => {
      if (cmd !== 'publish' || epoch > 1) return false;
      socket.destroy();
      return true;
    });
    const box = outbox({
      send: (connection: MqttConnection, text: string) => connection.publish('b', text, { qos: 1 }),
    });
    const subscriber = mqttSubscriber({ ...options, url, topics: [] });
    const stop = new AbortController();
    const running = run(
      {
        ...subscriber,
        run: box.serve((connection, context) => subscriber.run(connection, context)),
      },
      { backoff: constantBackoff(20), signal: stop.signal },
    );
    await box.add('one');
    await box.add('two');
    await until('all is acknowledged', () => box.stats().items === 0);
    stop.abort();
    await running;
    const texts = peers.map((peer) =>
      sent(peer, 'publish').map((packet) => String((packet as { payload: unknown }).payload)),
    );
    expect(texts).toEqual([['one'], ['one', 'two']]);
  });
});

describe('over WebSockets', () => {
  it('an IPv6 address, a path and a query are those of the URL', async () => {
    const http = createServer();
    const seen = new Promise<string>((resolve) => {
      http.on('upgrade', ({ headers, url }, socket) => {
        socket.destroy();
        resolve(`${headers.host}${url}`);
      });
    });
    const port = await listening(http, '::1');
    const url = `ws://[::1]:${port}/a%20b?token=t%26`;
    const connector = mqttSubscriber({ ...options, url });
    await rejection(connector.connect(firstAttempt().attempt));
    expect(`ws://${await seen}`).toBe(url);
  });

  it('the same happens, and an end leaves no socket', async () => {
    const { url, peers } = await startBroker(5);
    const http = createServer();
    const front = new WebSocketServer({ server: http, handleProtocols: () => 'mqtt' });
    front.on('connection', (webSocket) => {
      const stream = createWebSocketStream(webSocket).on('error', () => {});
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      stream.pipe(socket).pipe(stream);
    });
    const port = await listening(http);
    const heard: string[] = [];
    const link = keepUp({
      ...options,
      url: `ws://127.0.0.1:${port}/mqtt`,
      onMessage: ({ payload }) => heard.push(String(payload)),
    });
    await link.session(1);
    peers[0]?.send(publish(1));
    await until('it is acknowledged', () => sent(peers[0] as Peer, 'puback').length === 1);
    for (const webSocket of front.clients) webSocket.terminate();
    await link.session(2);
    await link.stop();
    await until('the broker has seen it', () => sent(peers[1] as Peer, 'disconnect').length === 1);
    await until('no socket is left', () => front.clients.size === 0);
    expect(heard).toEqual(['message 1']);
  });

  it.each<[string, { servername: string; minVersion?: 'TLSv1.3' }, RegExp?]>([
    ['a server name', { servername: 'other.test' }],
    ['another server name', { servername: 'third.test' }, /third\.test/],
    ['a version', { servername: 'other.test', minVersion: 'TLSv1.3' }, /protocol version/],
  ])('%s of `tls` counts', async (_title, more, refusal) => {
    const { url } = await startBroker(5);
    const pem = await certificateFor('other.test');
    const https = createSecureServer({ ...pem, maxVersion: 'TLSv1.2' });
    const front = new WebSocketServer({ server: https, handleProtocols: () => 'mqtt' });
    front.on('connection', (webSocket) => {
      const stream = createWebSocketStream(webSocket).on('error', () => {});
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      stream.pipe(socket).pipe(stream);
    });
    const port = await listening(https);
    const connector = mqttSubscriber({
      ...options,
      url: `wss://127.0.0.1:${port}/mqtt`,
      tls: { ca: pem.cert, ...more },
    });
    const opening = connector.connect(firstAttempt().attempt);
    if (refusal) return expect(String(await rejection(opening))).toMatch(refusal);
    await connector.disconnect?.(await opening);
  });

  it('an abort in the middle of a handshake destroys the socket', async () => {
    const http = createServer();
    const sockets: Duplex[] = [];
    http.on('upgrade', (_request, socket) => sockets.push(socket));
    const url = `ws://127.0.0.1:${await listening(http)}`;
    const owned = firstAttempt();
    const failure = rejection(mqttSubscriber({ ...options, url }).connect(owned.attempt));
    await until('the server is asked', () => sockets.length === 1);
    owned.abort(new Error('enough'));
    expect(String(await failure)).toBe('Error: enough');
    sockets[0]?.resume();
    await until('the socket is gone', () => sockets[0]?.readableEnded || sockets[0]?.destroyed);
  });

  it('an abort after a frame that is not valid ends the attempt at once, and the socket soon', async () => {
    const http = createServer();
    const sockets: Duplex[] = [];
    http.on('upgrade', (request, socket) => {
      const accept = acceptOf(request.headers['sec-websocket-key'] as string);
      const head = `HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`;
      socket.write(`${head}Sec-WebSocket-Protocol: mqtt\r\n\r\n`);
      socket.write(Buffer.alloc(100, 0xff));
      sockets.push(socket.on('error', () => {}).resume());
    });
    const url = `ws://127.0.0.1:${await listening(http)}`;
    const owned = firstAttempt();
    const failure = rejection(mqttSubscriber({ ...options, url }).connect(owned.attempt));
    await until('the server is asked', () => sockets.length === 1);
    await sleep(50);
    owned.abort(new Error('enough'));
    const abortedAtMs = performance.now();
    expect(String(await failure)).toBe('Error: enough');
    expect(performance.now() - abortedAtMs).toBeLessThan(500);
    await until('nobody takes what it sends', () => {
      sockets[0]?.write('more');
      return sockets[0]?.destroyed;
    });
  });
});

describe('an end', () => {
  it('by an abort in the middle of a handshake destroys the socket', async () => {
    const { url, peers } = await startBroker(5, () => true);
    const owned = firstAttempt();
    const failure = rejection(mqttSubscriber({ ...options, url }).connect(owned.attempt));
    await until('the broker is asked', () => peers[0]?.packets.length === 1);
    owned.abort(new Error('enough'));
    expect(String(await failure)).toBe('Error: enough');
    await until('the socket is gone', () => peers[0]?.socket.destroyed);
    expect(owned.listeners()).toBe(0);
  });

  it('in a session that the broker does not keep lets what has come be handled', async () => {
    const { url, peers } = await startBroker(5);
    const slow = gate();
    const heard: string[] = [];
    const link = keepUp({
      ...options,
      url,
      sessionExpiryS: 0,
      onMessage: ({ payload }) => {
        heard.push(String(payload));
        return slow.opened;
      },
    });
    await link.session(1);
    for (const id of [1, 2, 3]) peers[0]?.send(publish(id));
    await until('the first has begun', () => heard.length === 1);
    peers[0]?.socket.end();
    await until('it is lost', () => link.emitted.at(-1)?.type === 'connection.closing');
    slow.open();
    await link.session(2);
    expect(heard).toEqual(['message 1', 'message 2', 'message 3']);
    expect(link.sessions[1]?.gap).toBe(true);
  });

  it('by more messages than may wait is typed', async () => {
    const { url } = await startBroker(5, ({ cmd }, peer) => {
      if (cmd !== 'connect') return;
      setImmediate(() => {
        for (const id of [1, 2, 3]) peer.send(publish(id, { qos: 0 }));
      });
    });
    const slow = gate();
    const failure = rejection(
      run(
        mqttSubscriber({
          ...options,
          url,
          maxWaiting: 1,
          onMessage: () => slow.opened,
          isRetryable: () => false,
        }),
      ),
    );
    setImmediate(slow.open);
    expect(await failure).toMatchObject({ code: 'ERR_MESSAGE_BACKLOG' });
  });
});
