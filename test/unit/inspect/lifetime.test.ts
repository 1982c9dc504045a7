import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { constantBackoff } from 'schmoozer';
import { createInspector, type InspectorWebSocketClass } from 'schmoozer/inspect';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Actor, createActor, setup } from 'xstate';
import { goTo, harness } from '../../support/harness.js';
import { type Frame, inspectorServer } from '../../support/inspectorServer.js';
import { closedPort, listening, openSockets } from '../../support/loopback.js';

vi.setConfig({ testTimeout: 60_000 });

const DEADLINE = { timeout: 20_000, interval: 5 };
const backoff = constantBackoff(20);

const counter = setup({ types: { events: {} as { type: 'add' } } }).createMachine({
  id: 'counter',
  initial: 'even',
  states: { even: { on: { add: 'odd' } }, odd: { on: { add: 'even' } } },
});

function tick(actor: Actor<typeof counter>, times: number): void {
  for (let i = 0; i < times; i++) actor.send({ type: 'add' });
}

const typesOf = (frames: readonly Frame[]) => frames.map(({ type }) => type);

describe('a server that is not there', () => {
  it('costs no frame, only a count, and gets the picture when it comes', async () => {
    const port = await closedPort();
    const inspector = createInspector({ url: `ws://127.0.0.1:${port}`, WebSocket, backoff });
    const h = harness({ inspect: inspector.inspect });
    await goTo(h, 'connecting.attempting');
    expect(inspector.missed).toBe(0);
    // The first try has failed.
    await vi.waitFor(() => expect(inspector.missed).toBeGreaterThan(0), DEADLINE);
    const before = inspector.missed;
    h.actor.send({ type: 'resume' });
    // An event, a step, a snapshot.
    expect(inspector.missed).toBe(before + 3);
    expect(inspector.isConnected).toBe(false);
    const server = await inspectorServer(port);
    await server.until((frames) => frames.length >= 3);
    expect(inspector.isConnected).toBe(true);
    expect(server.frames[0]).toMatchObject({ type: '@schmoozer.missed', count: before + 3 });
    expect(server.frames.slice(1)).toMatchObject([
      {
        type: '@xstate.actor',
        name: 'reconnect',
        snapshot: { value: { connecting: 'attempting' } },
      },
      { type: '@xstate.actor', name: 'connect', parentId: h.actor.sessionId },
    ]);
    expect(inspector.missed).toBe(0);
    await inspector.stop();
  });

  it('is waited for by a stop no longer than its try takes', async () => {
    const inspector = createInspector({ url: `ws://127.0.0.1:${await closedPort()}`, WebSocket });
    createActor(counter, { inspect: inspector.inspect }).start();
    await inspector.stop();
    expect(inspector.missed).toBeGreaterThan(0);
    expect(inspector.isConnected).toBe(false);
    await vi.waitFor(() => expect(openSockets()).toBe(0), DEADLINE);
  });
});

describe('a server that goes away', () => {
  it('is found again, told how much it missed, and shown the actors that live', async () => {
    const first = await inspectorServer();
    const inspector = createInspector({ ...first.options, backoff });
    const { inspect } = inspector;
    const staying = createActor(counter, { inspect, id: 'staying' }).start();
    const leaving = createActor(counter, { inspect, id: 'leaving' }).start();
    await first.until((frames) => frames.length >= 6);
    await first.close();
    await vi.waitFor(() => expect(inspector.isConnected).toBe(false), DEADLINE);
    leaving.stop();
    const before = inspector.missed;
    tick(staying, 3);
    expect(inspector.missed).toBe(before + 9);
    const second = await inspectorServer(first.port);
    await second.until((frames) => frames.length >= 2);
    expect(second.frames).toMatchObject([
      { type: '@schmoozer.missed', count: before + 9 },
      { type: '@xstate.actor', name: 'staying', snapshot: { value: 'odd' } },
    ]);
    tick(staying, 1);
    await second.until((frames) => frames.length >= 5);
    expect(second.frames.at(-1)).toMatchObject({
      type: '@xstate.snapshot',
      sessionId: staying.sessionId,
      snapshot: { value: 'even' },
    });
    await inspector.stop();
  });
});

describe('a server that comes back before anything has happened', () => {
  it('is shown the actors, and told of nothing missed', async () => {
    const first = await inspectorServer();
    const inspector = createInspector({ ...first.options, backoff });
    const actor = createActor(counter, { inspect: inspector.inspect, id: 'idle' }).start();
    await first.until((frames) => frames.length >= 3);
    await first.close();
    const second = await inspectorServer(first.port);
    await second.until((frames) => frames.length >= 1);
    await inspector.stop();
    expect(second.frames).toMatchObject([{ type: '@xstate.actor', name: 'idle' }]);
    actor.stop();
  });
});

describe('a server that does not read', () => {
  it('makes what is over `maxBufferedBytes` dropped and counted, and is shown the state later', async () => {
    const server = await inspectorServer();
    const sockets: WebSocket[] = [];
    class Watched extends WebSocket {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        sockets.push(this);
      }
    }
    const maxBufferedBytes = 100_000;
    const inspector = createInspector({
      url: server.url,
      WebSocket: Watched as InspectorWebSocketClass,
      maxBufferedBytes,
    });
    await vi.waitFor(() => expect(inspector.isConnected).toBe(true), DEADLINE);
    await vi.waitFor(() => expect(server.clients.size).toBe(1), DEADLINE);
    const [client] = server.clients;
    client?.pause();
    let told = 0;
    const actor = createActor(counter, {
      inspect: (event) => {
        if (event.type !== '@xstate.action') told += 1;
        inspector.inspect(event);
      },
    }).start();
    let highest = 0;
    // The system buffers some megabytes for a server that does not read.
    while (inspector.missed < 1000) {
      tick(actor, 1001);
      highest = Math.max(highest, sockets[0]?.bufferedAmount ?? 0);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(highest).toBeLessThanOrEqual(maxBufferedBytes + 100);
    const { missed } = inspector;
    client?.resume();
    const frames = await server.until((all) => all.at(-1)?.type === '@xstate.actor');
    const notices = frames.filter(({ type }) => type === '@schmoozer.missed');
    expect(notices.map(({ count }) => count)).toEqual([missed]);
    // All that was told of has come or was counted; the picture comes after the notice.
    expect(frames.length - 2).toBe(told - missed);
    expect(frames.at(-1)).toMatchObject({
      sessionId: actor.sessionId,
      snapshot: { value: actor.getSnapshot().value },
    });
    await inspector.stop();
  });

  it('drops the first frames, too, when they are too many before it is there', async () => {
    const server = await inspectorServer();
    const inspector = createInspector({ ...server.options, maxBufferedBytes: 2000 });
    const actor = createActor(counter, { inspect: inspector.inspect }).start();
    tick(actor, 20);
    const { missed } = inspector;
    expect(missed).toBeGreaterThan(60);
    await server.until((frames) => frames.length >= 2);
    expect(server.frames).toMatchObject([
      { type: '@schmoozer.missed', count: missed },
      { type: '@xstate.actor', snapshot: { value: 'even' } },
    ]);
    await inspector.stop();
  });
});

describe('more actors than a server can take at once', () => {
  it('are shown bit by bit, as there is room', async () => {
    const sockets: Slow[] = [];
    class Slow extends EventTarget {
      bufferedAmount = 0;
      readonly sent: Frame[] = [];
      constructor() {
        super();
        sockets.push(this);
        // The first is closed before it opens: no frame waits for the second.
        const type = sockets.length === 1 ? 'close' : 'open';
        queueMicrotask(() => this.dispatchEvent(new Event(type)));
      }
      send(text: string) {
        this.bufferedAmount += text.length;
        this.sent.push(JSON.parse(text) as Frame);
      }
      close() {
        this.dispatchEvent(new Event('close'));
      }
    }
    const inspector = createInspector({ WebSocket: Slow, backoff, maxBufferedBytes: 2000 });
    const actors = Array.from({ length: 20 }, () =>
      createActor(counter, { inspect: inspector.inspect }).start(),
    );
    await vi.waitFor(() => expect(inspector.isConnected).toBe(true), DEADLINE);
    const sent = () => sockets[1]?.sent ?? [];
    let rounds = 0;
    for (; sent().length < 21; rounds++) {
      const before = sent().length;
      if (sockets[1] !== undefined) sockets[1].bufferedAmount = 0;
      await vi.waitFor(() => expect(sent().length).toBeGreaterThan(before), DEADLINE);
      expect(sockets[1]?.bufferedAmount).toBeLessThan(2000);
    }
    expect(rounds).toBeGreaterThan(3);
    expect(sent().map(({ sessionId }) => sessionId)).toEqual([
      undefined,
      ...actors.map(({ sessionId }) => sessionId),
    ]);
    await inspector.stop();
  });

  it('are counted when they overflow before it is there', async () => {
    const url = `ws://127.0.0.1:${await closedPort()}`;
    const h = harness();
    await goTo(h, 'connecting.attempting');
    const inspector = createInspector({ url, WebSocket, maxBufferedBytes: 300 });
    h.actor.system.inspect(inspector.inspect);
    h.actor.send({ type: 'stop' });
    expect(inspector.missed).toBeGreaterThan(3);
    await inspector.stop();
  });
});

describe('stop', () => {
  it('sends what is buffered, closes with 1000, and takes no more', async () => {
    const server = await inspectorServer();
    const inspector = createInspector(server.options);
    const actor = createActor(counter, { inspect: inspector.inspect }).start();
    tick(actor, 5000);
    // In the same tick: the connection is not even open.
    const stopping = inspector.stop();
    tick(actor, 5000);
    const closed = vi.waitFor(() => expect(server.clients.size).toBe(0), DEADLINE);
    await stopping;
    await closed;
    expect(typesOf(server.frames).filter((type) => type === '@xstate.event')).toHaveLength(5001);
    expect(inspector.missed).toBe(0);
    expect(inspector.stop()).toBe(inspector.stop());
    await vi.waitFor(() => expect(openSockets()).toBe(0), DEADLINE);
  });

  it('tells the last count', async () => {
    const server = await inspectorServer();
    const inspector = createInspector({ ...server.options, maxBufferedBytes: 5000 });
    await vi.waitFor(() => expect(inspector.isConnected).toBe(true), DEADLINE);
    const actor = createActor(counter, { inspect: inspector.inspect }).start();
    while (inspector.missed === 0) tick(actor, 100);
    const { missed } = inspector;
    await inspector.stop();
    expect(server.frames.at(-1)).toMatchObject({ type: '@schmoozer.missed', count: missed });
    expect(inspector.missed).toBe(0);
  });

  it('leaves a server that does not answer after `gracePeriodMs`', async () => {
    const server = await inspectorServer();
    const inspector = createInspector({ url: server.url, WebSocket, gracePeriodMs: 50 });
    await vi.waitFor(() => expect(server.clients.size).toBe(1), DEADLINE);
    for (const client of server.clients) client.pause();
    await vi.waitFor(() => expect(inspector.isConnected).toBe(true), DEADLINE);
    await inspector.stop();
    expect(inspector.isConnected).toBe(false);
    for (const client of server.clients) client.terminate();
    await vi.waitFor(() => expect(openSockets()).toBe(0), DEADLINE);
  });

  it('leaves a server that does not even answer the handshake', async () => {
    const port = await listening(createServer());
    const url = `ws://127.0.0.1:${port}`;
    const inspector = createInspector({ url, WebSocket, gracePeriodMs: 50 });
    createActor(counter, { inspect: inspector.inspect }).start();
    await inspector.stop();
    expect(inspector.missed).toBe(3);
  });

  it('is what disposing of it does', async () => {
    const server = await inspectorServer();
    const inspector = createInspector(server.options);
    const actor = createActor(counter, { inspect: inspector.inspect }).start();
    actor.stop();
    await inspector[Symbol.asyncDispose]();
    await server.until((frames) => frames.length >= 3);
    expect(server.frames[0]).toMatchObject({ type: '@xstate.actor', name: 'counter' });
  });
});

describe('an app that is inspected', () => {
  it('never sees an error of the WebSocket class', async () => {
    for (const broken of ['constructor', 'send', 'close'] as const) {
      class Broken extends EventTarget {
        bufferedAmount = 0;
        constructor() {
          super();
          if (broken === 'constructor') throw new TypeError('no sockets today');
          queueMicrotask(() => this.dispatchEvent(new Event('open')));
        }
        send() {
          if (broken === 'send') throw new Error('cannot send');
        }
        close() {
          queueMicrotask(() => this.dispatchEvent(new Event('close')));
          if (broken === 'close') throw new Error('cannot close');
        }
      }
      const inspector = createInspector({ WebSocket: Broken, backoff });
      const actor = createActor(counter, { inspect: inspector.inspect }).start();
      tick(actor, 3);
      await vi.waitFor(
        () =>
          expect(broken === 'constructor' ? inspector.missed : inspector.isConnected).toBeTruthy(),
        DEADLINE,
      );
      tick(actor, 3);
      await inspector.stop();
      if (broken !== 'close') expect(inspector.missed, broken).toBeGreaterThan(0);
    }
  });
});

const library = (entry: string) =>
  JSON.stringify(fileURLToPath(new URL(`../../../dist/${entry}.js`, import.meta.url)));

/** Runs a program on the built library in a process of its own; one that does not end by itself in 20 s fails. */
async function runProgram(source: string, ...flags: string[]): Promise<string> {
  const program = `
    import { WebSocket } from 'ws';
    import { constantBackoff, createReconnectActor, Continue } from ${library('index')};
    import { createInspector } from ${library('inspect')};
    let rounds = 0;
    const connector = { connect: async () => ({}), run: async () => Continue() };
    const live = (inspect) => {
      const actor = createReconnectActor(connector, { inspect, backoff: constantBackoff(1) });
      actor.on('retry.scheduled', () => { if (++rounds > 20) actor.send({ type: 'stop' }); });
      return new Promise((complete) => { actor.subscribe({ complete }); actor.start(); });
    };
    ${source}
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--unhandled-rejections=strict', ...flags, '--input-type=module', '--eval', program],
    { timeout: 20_000, cwd: fileURLToPath(new URL('../../..', import.meta.url)) },
  );
  return stdout.trim();
}

describe('a process that is inspected', () => {
  it('ends when its work ends, though a server is connected', async () => {
    const server = await inspectorServer();
    await runProgram(`
      const inspector = createInspector({ url: '${server.url}', WebSocket });
      await live(inspector.inspect);
    `);
    expect(server.frames.length).toBeGreaterThan(20);
  });

  it('ends when its work ends, though no server listens', async () => {
    const url = `ws://127.0.0.1:${await closedPort()}`;
    const output = await runProgram(`
      const inspector = createInspector({ url: '${url}', WebSocket });
      await live(inspector.inspect);
      console.log('missed', inspector.missed > 20);
    `);
    expect(output).toBe('missed true');
  });

  it('can wait for the last frame, and no frame of its life is missed', async () => {
    const server = await inspectorServer();
    const output = await runProgram(`
      const inspector = createInspector({ url: '${server.url}', WebSocket });
      await live(inspector.inspect);
      await inspector.stop();
      console.log(inspector.missed);
    `);
    // XState's production build, which runs here, differs from that of the other tests.
    expect(output).toBe('0');
    expect(server.frames[0]).toMatchObject({ type: '@xstate.actor', name: 'reconnect' });
    expect(server.frames.every(({ type }) => type.startsWith('@xstate.'))).toBe(true);
    const ends = server.frames.filter(({ snapshot }) => snapshot?.value === 'stopped');
    expect(ends.map(({ type }) => type)).toEqual(['@xstate.microstep', '@xstate.snapshot']);
  });

  it('can do so with Node’s own WebSocket, which only `stop` lets go', async () => {
    const server = await inspectorServer();
    await runProgram(
      `
        const inspector = createInspector({ url: '${server.url}' });
        await live(inspector.inspect);
        await inspector.stop();
      `,
      '--experimental-websocket',
      '--no-warnings',
    );
    const ends = server.frames.filter(({ snapshot }) => snapshot?.value === 'stopped');
    expect(ends.map(({ type }) => type)).toEqual(['@xstate.microstep', '@xstate.snapshot']);
  });
});
