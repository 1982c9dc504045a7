import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createWebSocketInspector } from '@statelyai/inspect';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createActor, createMachine } from 'xstate';
import {
  type Inspector,
  InvalidInspectorOptionError,
  PortInUseError,
  startInspector,
} from '../../src/index.js';
import { collectGarbage } from '../../../../test/support/collectGarbage.js';
import { frames, inspecting, producing, viewing } from '../support/peers.js';
import { until } from '../support/until.js';

/** What sockets and frames hold; frames that were read are garbage, and do not count. */
function bufferBytes(): number {
  collectGarbage();
  return process.memoryUsage().external;
}

/** The status of an upgrade: 101 when it is let in. */
async function upgrade(url: string, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(url, { headers });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve) => {
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => {});
  });
}

function get(inspector: Inspector, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      request({ host: '127.0.0.1', port: inspector.port, path, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      })
        .on('error', reject)
        .end();
    },
  );
}

describe('who may come in', () => {
  it('an app with the token; nobody without, or with another one', async () => {
    const { producerUrl, port } = await inspecting();
    expect(await upgrade(producerUrl)).toBe(101);
    expect(await upgrade(producerUrl, { origin: 'http://localhost:5173' })).toBe(101);
    expect(await upgrade(`ws://127.0.0.1:${port}/`)).toBe(401);
    expect(await upgrade(`${producerUrl}x`)).toBe(401);
    expect(await upgrade(producerUrl.slice(0, -1))).toBe(401);
  });

  it('a page of this server with the token; no other page, and nothing that is no page', async () => {
    const { port, url } = await inspecting();
    const view = `ws://127.0.0.1:${port}/view${new URL(url).search}`;
    expect(await upgrade(view, { origin: `http://127.0.0.1:${port}` })).toBe(101);
    expect(
      await upgrade(`ws://127.0.0.1:${port}/view`, { origin: `http://127.0.0.1:${port}` }),
    ).toBe(401);
    for (const origin of ['http://evil.example', `http://localhost:${port}`, 'null']) {
      expect(await upgrade(view, { origin })).toBe(403);
    }
    expect(await upgrade(view)).toBe(403);
  });

  it('the page needs the token; its code and style, which hold no secret, do not', async () => {
    const inspector = await inspecting();
    const { search } = new URL(inspector.url);
    expect((await get(inspector, `/${search}`)).body).toContain('<title>Inspector</title>');
    expect(await get(inspector, '/')).toMatchObject({ status: 401 });
    expect((await get(inspector, '/')).body).toContain('schmoozer-inspector printed');
    expect(await get(inspector, '/token?token=wrong')).toMatchObject({ status: 401 });
    expect(await get(inspector, `/token${search}`)).toMatchObject({ status: 200 });
    expect(await get(inspector, '/style.css')).toMatchObject({ status: 200 });
  });

  it('names of loopback only: a name of another site that leads here is turned away', async () => {
    const inspector = await inspecting();
    const { port, producerUrl } = inspector;
    const { search } = new URL(inspector.url);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
    ]) {
      expect(await get(inspector, `/${search}`, { host })).toMatchObject({ status: 421 });
      expect(await upgrade(producerUrl, { host })).toBe(421);
    }
    expect(await get(inspector, `/${search}`, { host: `localhost:${port}` })).toMatchObject({
      status: 200,
    });
  });

  it('listens on loopback only', async () => {
    const { port } = await inspecting();
    const outer = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of outer) {
      const socket = connect(port, address);
      onTestFinished(() => void socket.destroy());
      const outcome = await Promise.race([
        once(socket, 'connect').then(() => 'connected'),
        once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code),
      ]).catch((error: unknown) => (error as NodeJS.ErrnoException).code);
      expect(outcome).toBe('ECONNREFUSED');
    }
    await expect(startInspector({ host: '0.0.0.0' })).rejects.toThrow(
      '`host` must be 127.0.0.1 or ::1, but is "0.0.0.0"',
    );
  });

  it('serves files of its own folders only, and says so in strict headers', async () => {
    const inspector = await inspecting();
    for (const path of [
      '/../package.json',
      '/code/../../package.json',
      '/%2e%2e/package.json',
      '/code/%2e%2e/x',
      '/none.js',
      '/code/',
      '/elk/../../ws/index.js',
    ]) {
      expect(await get(inspector, path)).toMatchObject({ status: 404 });
    }
    const { headers } = await get(inspector, '/style.css');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
    expect(headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(await get(inspector, '/')).toMatchObject({ headers: { 'cache-control': 'no-store' } });
  });

  it('is on ::1 when asked', async () => {
    const inspector = await inspecting({ host: '::1' });
    expect(inspector.url).toContain('http://[::1]:');
    expect(await upgrade(inspector.producerUrl)).toBe(101);
  });
});

describe('what apps send', () => {
  const machine = createMachine({
    id: 'lamp',
    initial: 'off',
    states: { off: { on: { flip: 'on' } }, on: { tags: 'bright', on: { flip: 'off' } } },
  });

  it('@statelyai/inspect: definition, events and snapshots of an actor arrive', async () => {
    const inspector = await inspecting();
    const { inspect, stop } = createWebSocketInspector({ url: inspector.producerUrl });
    onTestFinished(stop);
    const actor = createActor(machine, { inspect, id: 'lamp 1' }).start();
    actor.send({ type: 'flip' });
    const view = await viewing(inspector);
    await until('the lamp is on', () => [...view.actors.values()][0]?.states[0] === 'on');
    const [lamp] = [...view.actors.values()];
    expect(lamp).toMatchObject({
      name: 'lamp 1',
      tags: ['bright'],
      isMachine: true,
      isConnected: true,
    });
    view.select(lamp?.key ?? '');
    await until('its history', () => view.of('history').length > 0);
    const [history] = view.of('history');
    expect(JSON.parse(history?.definition ?? '')).toMatchObject({ id: 'lamp', initial: 'off' });
    const events = history?.records.flatMap((record) =>
      record.kind === 'event' ? record.event.type : [],
    );
    expect(events).toEqual(['xstate.init', 'flip']);
    actor.send({ type: 'flip' });
    await until('the news', () => view.of('news').some(({ records }) => records.length > 0));
    expect(view.of('news').flatMap(({ messages }) => messages)).toMatchObject([{ type: 'flip' }]);
  });

  it('rubbish is counted; it ends neither the process nor the connection', async () => {
    const inspector = await inspecting();
    const view = await viewing(inspector);
    const producer = await producing(inspector.producerUrl);
    const rubbish = ['', '{', 'null', '[1]', '{"type":"@xstate.actor"}', '{"type":{}}'];
    for (const text of rubbish) producer.send(text);
    producer.send(Buffer.from([0, 255, 1]));
    producer.send('{"type":"@schmoozer.missed","count":5}');
    producer.send(frames.actor('a'));
    await until('the actor after it', () => view.actors.has('app 1/a'));
    await until(
      'the count',
      () => view.of('actors').at(-1)?.totals.rejected === rubbish.length + 1,
    );
    expect(view.of('actors').at(-1)?.totals.missed).toBe(5);
    view.socket.send('rubbish');
    view.socket.send('null');
    view.socket.send('{"type":"select","key":{}}');
    view.select('app 1/a');
    await until('an answer after it', () => view.of('history').length > 0);
  });

  it('a frame over the bound ends that connection, and no other', async () => {
    const inspector = await inspecting({ maxFrameBytes: 2000 });
    const view = await viewing(inspector);
    const [large, small] = await Promise.all([
      producing(inspector.producerUrl),
      producing(inspector.producerUrl),
    ]);
    const closed = once(large, 'close');
    large.send(frames.actor('x', { more: 'x'.repeat(2000) }));
    expect((await closed)[0]).toBe(1009);
    small.send(frames.actor('y', { name: 'small' }));
    await until('the other app', () =>
      [...view.actors.values()].some(({ name }) => name === 'small'),
    );
    expect(view.actors.size).toBe(1);
  });

  it('session ids of two apps are told apart; one that names itself is known again', async () => {
    const inspector = await inspecting();
    const view = await viewing(inspector);
    const url = `${inspector.producerUrl}&producer=shop`;
    const first = await producing(url);
    const other = await producing(inspector.producerUrl);
    first.send(frames.actor('x:0', { name: 'first' }));
    other.send(frames.actor('x:0', { name: 'other' }));
    await until('both', () => view.actors.size === 2);
    first.close();
    await until('it is gone', () => view.actors.get('shop/x:0')?.isConnected === false);
    const again = await producing(url);
    again.send(frames.snapshot('x:0', 'back'));
    await until('it is back', () => view.actors.get('shop/x:0')?.states[0] === 'back');
    expect(view.actors.get('shop/x:0')).toMatchObject({ name: 'first', isConnected: true });
    expect(view.actors.size).toBe(2);
  });
});

describe('what pages are told', () => {
  it('records of the selected actor only, and the state of all', async () => {
    const inspector = await inspecting();
    const view = await viewing(inspector);
    const producer = await producing(inspector.producerUrl);
    producer.send(frames.actor('a'));
    producer.send(frames.actor('b'));
    await until('both', () => view.actors.size === 2);
    view.select('app 1/a');
    await until('the history', () => view.of('history').length === 1);
    producer.send(frames.snapshot('b', 'busy'));
    producer.send(frames.snapshot('a', 'done'));
    await until('the news of a', () => view.of('news').length > 0);
    const news = view.of('news');
    expect(news.every(({ key }) => key === 'app 1/a')).toBe(true);
    expect(view.actors.get('app 1/b')?.states).toEqual(['busy']);
  });

  it('a page that does not read costs a bounded amount, and gets a whole history when it reads again', async () => {
    const inspector = await inspecting({ recordsPerActor: 500 });
    const view = await viewing(inspector);
    const producer = await producing(inspector.producerUrl);
    producer.send(frames.actor('a'));
    await until('the actor', () => view.actors.size === 1);
    view.select('app 1/a');
    await until('the history', () => view.of('history').length === 1);
    view.socket.pause();
    const padding = 'x'.repeat(2000);
    const before = bufferBytes();
    const COUNT = 30_000; // 60 MB
    for (let i = 0; i < COUNT; i++) {
      producer.send(
        frames.snapshot('a', `s${i}`, { snapshot: { value: `s${i}`, context: { padding } } }),
      );
      if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until('all is sent', () => producer.bufferedAmount === 0);
    // What is collected is given back a moment later, by a thread of the collector.
    await until('what is held is bounded', () => bufferBytes() - before < 15_000_000);
    view.socket.resume();
    await until(
      'the newest state',
      () => view.actors.get('app 1/a')?.states[0] === `s${COUNT - 1}`,
    );
    await until('a history anew', () => view.of('history').length > 1);
    const last = view.of('history').at(-1);
    expect(last?.dropped).toBeGreaterThan(0);
    expect(last?.records.length).toBeLessThanOrEqual(500);
  }, 60_000);
});

describe('startInspector', () => {
  it('names the next free port when its own is in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    onTestFinished(() => void blocker.close());
    const { port } = blocker.address() as { port: number };
    const error = await startInspector({ port }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PortInUseError);
    const { freePort, message, code } = error as PortInUseError;
    expect(code).toBe('ERR_PORT_IN_USE');
    expect(freePort).toBeGreaterThan(port);
    expect(message).toBe(
      `port ${port} is in use; ${freePort} is free: npx @schmoozer/inspector --port ${freePort}`,
    );
    await (await startInspector({ port: freePort ?? 0 })).close();
  });

  it.each([
    ['port', { port: -1 }, '`port` must be an integer from 0 to 65535, but is -1'],
    ['port', { port: 1.5 }, '`port` must be an integer from 0 to 65535, but is 1.5'],
    [
      'token',
      { token: 'short' },
      '`token` must be 16 to 200 letters, digits, - or _, but is "5 characters"',
    ],
    ['records', { records: 0 }, '`records` must be an integer from 1 to 2147483647, but is 0'],
    ['maxFrameBytes', { maxFrameBytes: 1023 }, '`maxFrameBytes` must be an integer from 1024'],
    [
      'tokn',
      { tokn: 'a secret' } as never,
      '`tokn` must be left out: no such option, the nearest is `token`, but is "[string]"',
    ],
    ['options', null as never, '`options` must be an object, but is null'],
    ['options', 'text' as never, '`options` must be an object'],
  ])('refuses a bad `%s`', async (_option, options, message) => {
    const error = await startInspector(options).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InvalidInspectorOptionError);
    expect((error as Error).message).toContain(message);
  });

  it('makes another token at each start, unless one is given', async () => {
    const [one, two] = await Promise.all([inspecting(), inspecting()]);
    expect(new URL(one.url).search).not.toBe(new URL(two.url).search);
    const token = 'a'.repeat(16);
    expect((await inspecting({ token })).producerUrl).toContain(`?token=${token}`);
  });

  it('frees its port when it is closed, whoever is connected', async () => {
    const inspector = await startInspector({ port: 0 });
    const producer = await producing(inspector.producerUrl);
    await viewing(inspector);
    const closed = once(producer, 'close');
    await inspector.close();
    await closed;
    await (await startInspector({ port: inspector.port })).close();
  });

  it('tells how many pages are open', async () => {
    const counts: number[] = [];
    const inspector = await inspecting({ onViewers: (count) => counts.push(count) });
    const view = await viewing(inspector);
    view.socket.close();
    await until('it is closed', () => counts.length === 2);
    expect(counts).toEqual([1, 0]);
  });
});
