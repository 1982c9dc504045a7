import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createActor, setup } from 'xstate-newest';
import { inspectV4, type ServerTarget } from '../src/index.js';

const DEADLINE = { timeout: 20_000, interval: 5 };
vi.setConfig({ testTimeout: 60_000 });

const machine = setup({ types: { events: {} as { type: 'go' } } }).createMachine({
  id: 'watched',
  context: { padding: 'x'.repeat(100_000) },
  initial: 'one',
  states: { one: { on: { go: 'two' } }, two: { on: { go: 'one' } } },
});

async function serving(target: Partial<ServerTarget> = {}, allow: readonly string[] = []) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 1_000_000 });
  await once(server, 'listening');
  const inspect = inspectV4({ server, ...target }, { allow });
  onTestFinished(() => {
    inspect.stop();
    for (const open of server.clients) open.terminate();
    server.close();
  });
  const actor = createActor(machine, { inspect }).start();
  const { port } = server.address() as AddressInfo;
  return { server, inspect, actor, port, url: `ws://127.0.0.1:${port}` };
}

async function client(url: string, origin?: string) {
  const socket = new WebSocket(url, origin === undefined ? {} : { origin });
  const texts: string[] = [];
  socket.on('message', (data) => void texts.push((data as Buffer).toString()));
  socket.on('error', () => {});
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return { socket, texts };
}

const INSPECTING = '{"type":"xstate.inspecting"}';
const until = (check: () => void) => vi.waitFor(check, DEADLINE);

describe('a hostile client', () => {
  it('neither steers the machine, nor deceives other clients, nor ends the process', async () => {
    const { actor, url } = await serving();
    const honest = await client(url);
    honest.socket.send(INSPECTING);
    await until(() => expect(honest.texts).toHaveLength(1));
    const hostile = await client(url);
    const steering = JSON.stringify({
      type: 'xstate.event',
      event: JSON.stringify({ name: 'go', data: { type: 'go' }, origin: actor.sessionId }),
      service: actor.sessionId,
    });
    const { sessionId } = actor;
    for (const frame of [
      'no json',
      '',
      '{',
      'null',
      '[]',
      '7',
      '"xstate.inspecting"',
      '{"type":7}',
      '{"type":"xstate.event","event":"no json"}',
      '{"type":"__proto__"}',
      '{"__proto__":{"type":"xstate.inspecting2"}}',
      '{"type":"disconnect"}',
      '{"type":"unload"}',
      JSON.stringify({ type: 'service.stop', sessionId }),
      JSON.stringify({ type: 'service.state', sessionId, state: '{"value":"forged"}' }),
      steering,
      'x'.repeat(500_000),
    ]) {
      hostile.socket.send(frame);
    }
    hostile.socket.send(Buffer.from(INSPECTING), { binary: true });
    // What was sent before it has been heard when this is answered.
    hostile.socket.send(INSPECTING);
    await until(() => expect(hostile.texts.length).toBeGreaterThan(0));
    expect(actor.getSnapshot().value).toBe('one');
    const types = honest.texts.map((text) => (JSON.parse(text) as { type: string }).type);
    expect(new Set(types)).toEqual(new Set(['service.register']));
    actor.send({ type: 'go' });
    await until(() => expect(honest.texts.at(-1)).toContain('"service.state"'));
    expect(honest.texts.join('\n')).not.toContain('forged');
  });

  it('that breaks the protocol is dropped, and the others go on', async () => {
    const { server, actor, url, port } = await serving();
    const honest = await client(url);
    honest.socket.send(INSPECTING);
    const tooLong = await client(url);
    tooLong.socket.send('x'.repeat(2_000_000));
    await once(tooLong.socket, 'close');
    const raw = connect(port, '127.0.0.1');
    raw.on('error', () => {});
    raw.write(
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await once(raw, 'data');
    // A frame with reserved bits set, and unmasked: an error in the server's parser.
    raw.write(Buffer.from([0xff, 0x7f, 0, 0]));
    await once(raw.resume(), 'close');
    await until(() => expect(server.clients.size).toBe(1));
    actor.send({ type: 'go' });
    await until(() => expect(honest.texts.at(-1)).toContain('"service.state"'));
  });

  it('from a foreign page is closed with 1008, and gets nothing', async () => {
    const { actor, url } = await serving({ origins: ['https://stately.ai'] });
    const foreign = [
      'https://evil.example',
      'null',
      'https://stately.ai.evil.example',
      'http://localhost.evil.example',
    ];
    for (const origin of foreign) {
      const { socket, texts } = await client(url, origin);
      socket.send(INSPECTING);
      const [code] = (await once(socket, 'close')) as [number];
      expect(code, origin).toBe(1008);
      expect(texts).toEqual([]);
    }
    for (const origin of [
      undefined,
      'http://localhost:3000',
      'http://127.0.0.1',
      'http://[::1]:80',
      'https://stately.ai',
    ]) {
      const { socket, texts } = await client(url, origin);
      socket.send(INSPECTING);
      await until(() => expect(texts.length).toBeGreaterThan(0));
    }
    actor.stop();
  });

  it('that does not read is cut before it fills the memory', async () => {
    const { server, actor, url } = await serving({}, ['padding']);
    const slow = await client(url);
    const quick = await client(url);
    for (const { socket, texts } of [slow, quick]) {
      socket.send(INSPECTING);
      await until(() => expect(texts.length).toBeGreaterThan(0));
    }
    slow.socket.pause();
    let highest = 0;
    while (server.clients.size > 1) {
      for (let i = 0; i < 10; i++) actor.send({ type: 'go' });
      for (const { bufferedAmount } of server.clients) highest = Math.max(highest, bufferedAmount);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(highest).toBeLessThan(10_000_000);
    const before = quick.texts.length;
    actor.send({ type: 'go' });
    await until(() => expect(quick.texts.length).toBeGreaterThan(before));
  });
});

describe('a client that says again and again that it is there', () => {
  const many = (inspect: ReturnType<typeof inspectV4>, count: number) =>
    Array.from({ length: count }, () => createActor(machine, { inspect }).start());
  const registered = (texts: readonly string[]) =>
    texts.filter((text) => text.startsWith('{"type":"service.register"')).length;

  it('is told once of each machine, and nobody else is told again', async () => {
    const { inspect, actor, url } = await serving();
    many(inspect, 99);
    const honest = await client(url);
    honest.socket.send(INSPECTING);
    await until(() => expect(registered(honest.texts)).toBe(100));
    const eager = await client(url);
    for (let i = 0; i < 200; i++) eager.socket.send(INSPECTING);
    await until(() => expect(registered(eager.texts)).toBe(100));
    // What comes after all of that is the next that both hear.
    actor.send({ type: 'go' });
    for (const { texts } of [eager, honest]) {
      await until(() => expect(texts.at(-1)).toContain('"service.state"'));
      expect(registered(texts)).toBe(100);
    }
  });

  it('is told all anew a second later', async () => {
    const { url } = await serving();
    const now = vi.spyOn(performance, 'now');
    onTestFinished(() => now.mockRestore());
    const { socket, texts } = await client(url);
    now.mockReturnValue(10_000);
    socket.send(INSPECTING);
    await until(() => expect(registered(texts)).toBe(1));
    const heard = async () => {
      const pong = once(socket, 'pong');
      socket.ping();
      await pong;
    };
    now.mockReturnValue(10_999);
    socket.send(INSPECTING);
    await heard();
    expect(registered(texts)).toBe(1);
    now.mockReturnValue(11_000);
    socket.send(INSPECTING);
    await until(() => expect(registered(texts)).toBe(2));
  });

  it('and does not read, has a bounded answer waiting; it gets all when it reads', async () => {
    const { server, inspect, url } = await serving({}, ['padding']);
    const actors = many(inspect, 299); // 60 MB, the context of each stands in it twice
    const { socket, texts } = await client(url);
    socket.pause();
    const [guarded] = [...server.clients];
    for (let i = 0; i < 200; i++) socket.send(INSPECTING);
    let highest = 0;
    await until(() => {
      highest = Math.max(highest, guarded?.bufferedAmount ?? 0);
      expect(highest).toBeGreaterThan(100_000);
    });
    for (let i = 0; i < 200; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      highest = Math.max(highest, guarded?.bufferedAmount ?? 0);
    }
    // One that ends before it is told of is not told of.
    const last = actors.at(-1);
    last?.stop();
    expect(highest).toBeLessThan(1_000_000);
    socket.resume();
    await until(() => expect(registered(texts)).toBe(299));
    expect(texts.filter((text) => text.includes(`"sessionId":"${last?.sessionId}"`))).toEqual([]);
  });

  it('may be one of 32; the others are closed with 1013, and come in when one has gone', async () => {
    const { url } = await serving();
    const watchers = await Promise.all(Array.from({ length: 32 }, () => client(url)));
    for (const { socket, texts } of watchers) {
      socket.send(INSPECTING);
      await until(() => expect(texts).toHaveLength(1));
    }
    const late = await client(url);
    late.socket.send(INSPECTING);
    expect((await once(late.socket, 'close'))[0]).toBe(1013);
    const [first] = watchers;
    first?.socket.close();
    await once(first?.socket ?? expect.fail(), 'close');
    const later = await client(url);
    later.socket.send(INSPECTING);
    await until(() => expect(later.texts).toHaveLength(1));
  });
});

describe('an app that is watched', () => {
  it('never sees an error, whatever it is', async () => {
    const { inspect } = await serving();
    const odd = [
      { type: '@xstate.snapshot', actorRef: {}, snapshot: {}, event: { type: 'x' } },
      {
        type: '@xstate.snapshot',
        actorRef: { logic: { config: { states: { a: 7 } } } },
        event: { type: 'x' },
      },
      {
        type: '@xstate.event',
        actorRef: { logic: { config: {} }, sessionId: 'none' },
        event: { type: 'x' },
      },
      { type: '@xstate.action', actorRef: { logic: { config: {} } }, event: { type: 'x' } },
      { type: '@xstate.actor', actorRef: {} },
    ];
    for (const event of odd) expect(() => inspect(event)).not.toThrow();
  });

  it('must have a window when there is no server', () => {
    expect(() => inspectV4({ url: 'http://127.0.0.1/' })).toThrow(
      'there is no `window`: pass `server`',
    );
  });
});
