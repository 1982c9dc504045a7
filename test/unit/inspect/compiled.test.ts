import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Break, constantBackoff, createReconnectActor } from 'schmoozer';
import { createReconnectActor as compiledActor, reconnectLogic } from 'schmoozer/compiled';
import { diagnoseAll } from 'schmoozer/diagnostics';
import { createGroup } from 'schmoozer/group';
import { createInspector, type InspectorOptions } from 'schmoozer/inspect';
import { scriptedConnector } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createActor, createMachine, emit, log, setup } from 'xstate';
import { appOf } from '../../../src/inspect/appOf.js';
import { obey } from '../../../src/inspect/commands.js';
import { heard as published } from '../../support/heard.js';

type Frame = Record<string, never> & {
  readonly type: string;
  readonly sessionId: string;
  readonly name: string;
  readonly event: { readonly type: string };
  readonly snapshot: { readonly value: unknown; readonly status: string; readonly tags: string[] };
};

async function inspecting(options: InspectorOptions = {}) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const frames: Frame[] = [];
  const clients: WebSocket[] = [];
  server.on('connection', (client) => {
    clients.push(client);
    client.on('message', (data) => frames.push(JSON.parse((data as Buffer).toString()) as Frame));
  });
  const { port } = server.address() as AddressInfo;
  const inspector = createInspector({ url: `ws://127.0.0.1:${port}`, WebSocket, ...options });
  onTestFinished(async () => {
    await inspector.stop();
    for (const client of clients) client.terminate();
    server.close();
  });
  const of = (type: string) => frames.filter((frame) => frame.type === type);
  await vi.waitFor(() => expect(inspector.isConnected).toBe(true));
  return {
    inspector,
    frames,
    clients,
    of,
    say: (what: unknown) =>
      clients[0]?.send(typeof what === 'string' ? what : JSON.stringify(what)),
  };
}

describe('a link of the compiled engine', () => {
  it('is shown when it is watched: with the chart, states, events, and its end', async () => {
    const { inspector, of } = await inspecting();
    const script = scriptedConnector<string>();
    const link = compiledActor(script.connector, { id: 'orders' });
    inspector.watch(link);
    link.start();
    await vi.waitFor(() => expect(script.connects).toHaveLength(1));
    script.connects[0]?.resolve();
    await vi.waitFor(() => expect(script.runs).toHaveLength(1));
    script.runs[0]?.resolve(Break('done') as never);
    await link.ended();
    await vi.waitFor(() => expect(of('@xstate.snapshot').at(-1)?.snapshot.status).toBe('done'));
    const [registered] = of('@xstate.actor') as unknown as Record<string, string>[];
    expect(registered).toMatchObject({ name: 'orders', _engine: 'compiled', _started: true });
    expect(JSON.parse(registered?.['definition'] ?? '')).toMatchObject({ id: 'reconnect' });
    const shown = of('@xstate.snapshot');
    expect(shown.map(({ event }) => event.type)).toContain('connection.opened');
    expect(shown.map(({ snapshot }) => JSON.stringify(snapshot.value))).toEqual(
      expect.arrayContaining([
        '{"connecting":"attempting"}',
        '{"running":"settling"}',
        '"stopped"',
      ]),
    );
    expect(of('@xstate.microstep')).toEqual([]);
  });

  it('has its name in its group, and an id of its own', async () => {
    const { inspector, of } = await inspecting();
    const groups = [createGroup({ gracePeriodMs: 0 }), createGroup({ gracePeriodMs: 0 })];
    onTestFinished(async () => void (await Promise.all(groups.map((group) => group.stop()))));
    const links = groups.map((group) => {
      group.add('pump', scriptedConnector().connector);
      return group.get('pump')!;
    });
    for (const link of links) inspector.watch(link);
    await vi.waitFor(() => expect(of('@xstate.actor')).toHaveLength(2));
    expect(of('@xstate.actor').map(({ name }) => name)).toEqual(['pump', 'pump']);
    expect(new Set(of('@xstate.actor').map(({ sessionId }) => sessionId)).size).toBe(2);
    expect(JSON.stringify(links)).toContain('"id":"pump"');
  });

  it('is not shown any more when the watch has ended, nor after `stop`; without a server it is counted', async () => {
    const { inspector, frames } = await inspecting();
    const script = scriptedConnector();
    const link = compiledActor(script.connector, { id: 'orders' });
    const end = inspector.watch(link);
    await vi.waitFor(() => expect(frames).toHaveLength(1));
    end();
    link.start();
    link.stop();
    await inspector.stop();
    inspector.watch(compiledActor(script.connector))();
    expect(frames).toHaveLength(1);

    const alone = createInspector({ url: 'ws://127.0.0.1:9', WebSocket });
    onTestFinished(() => alone.stop());
    createActor(createMachine({}), { inspect: alone.inspect }).start().stop();
    await vi.waitFor(() => expect(alone.missed).toBeGreaterThan(0));
    const before = alone.missed;
    alone.watch(compiledActor(script.connector))();
    expect(alone.missed).toBe(before + 1);
  });

  it('is shown again to a server that comes back', async () => {
    const { inspector, of, clients } = await inspecting({ backoff: constantBackoff(10) });
    inspector.watch(compiledActor(scriptedConnector().connector, { id: 'orders' }));
    await vi.waitFor(() => expect(of('@xstate.actor')).toHaveLength(1));
    clients[0]?.terminate();
    await vi.waitFor(() =>
      expect(of('@xstate.actor').map(({ name }) => name)).toEqual(['orders', 'orders']),
    );
  });

  it('sends at most fifty events with a state, and none of before when a server comes', async () => {
    const { inspector, of } = await inspecting();
    const listeners: ((event: { type: string }) => void)[] = [];
    const observers: { next(): void }[] = [];
    const none = { unsubscribe: () => {} };
    inspector.watch({
      id: 'busy',
      getSnapshot: () => ({ status: 'active' }),
      send: () => {},
      on: (_type, listener) => (listeners.push(listener), none),
      subscribe: (observer) => (observers.push(observer), none),
    });
    for (let i = 0; i < 60; i++) listeners[0]?.({ type: 'e' });
    observers[0]?.next();
    observers[0]?.next();
    await vi.waitFor(() => expect(of('@xstate.snapshot')).toHaveLength(2));
    const [first, second] = of('@xstate.snapshot') as unknown as Record<string, unknown[]>[];
    expect(first?.['_emitted']).toHaveLength(50);
    expect(second).not.toHaveProperty('_emitted');
  });

  it('is shown when it has failed', async () => {
    const { inspector, of } = await inspecting();
    const failing = compiledActor({
      connect: async () => 1,
      run: () => Promise.reject(new TypeError('a mistake')),
    });
    inspector.watch(failing);
    failing.subscribe({ error: () => {} });
    failing.start();
    await vi.waitFor(() =>
      expect(of('@xstate.snapshot').at(-1)?.snapshot.status).not.toBe('active'),
    );
  });

  it('has its states and the chart inside a parent of XState, too', async () => {
    const { inspector, of } = await inspecting();
    const script = scriptedConnector();
    const app = createMachine({
      id: 'app',
      invoke: { id: 'link', src: reconnectLogic(() => script.connector) as never },
    });
    const actor = createActor(app, { inspect: inspector.inspect }).start();
    onTestFinished(() => void actor.stop());
    await vi.waitFor(() =>
      expect(of('@xstate.snapshot').map(({ snapshot }) => snapshot.value)).toContainEqual({
        connecting: 'attempting',
      }),
    );
  });
});

describe('actions and emitted events', () => {
  it('go with the snapshot of their step; what an event carries, by `allow`', async () => {
    const { inspector, of } = await inspecting();
    const machine = setup({
      types: { emitted: {} as { type: string; attempt?: number; secret?: string } },
      actions: { greet: () => {} },
    }).createMachine({
      on: {
        go: { actions: ['greet', emit({ type: 'gone', attempt: 2, secret: 'x' }), log('hello')] },
        many: {
          actions: Array.from({ length: 60 }, (_, i) =>
            i % 2 ? ('greet' as const) : emit({ type: 'e' }),
          ),
        },
      },
    });
    const actor = createActor(machine, { inspect: inspector.inspect, logger: () => {} }).start();
    onTestFinished(() => void actor.stop());
    actor.send({ type: 'go' });
    actor.send({ type: 'other' });
    await vi.waitFor(() => expect(of('@xstate.snapshot')).toHaveLength(3));
    const [first, second, third] = of('@xstate.snapshot');
    expect(first).not.toHaveProperty('_actions');
    expect(second).toMatchObject({
      _actions: ['greet', 'xstate.log'],
      _emitted: [{ type: 'gone', attempt: 2, secret: '[string]' }],
    });
    expect(third).not.toHaveProperty('_emitted');
  });

  it('are fifty of each at most', async () => {
    const { inspector, of } = await inspecting();
    const machine = setup({ actions: { greet: () => {} } }).createMachine({
      on: {
        go: { actions: Array.from({ length: 60 }, () => 'greet' as const) },
        out: { actions: Array.from({ length: 60 }, () => emit({ type: 'e' })) },
      },
    });
    const actor = createActor(machine, { inspect: inspector.inspect }).start();
    onTestFinished(() => void actor.stop());
    actor.send({ type: 'go' });
    actor.send({ type: 'out' });
    await vi.waitFor(() => expect(of('@xstate.snapshot')).toHaveLength(3));
    const [, go, out] = of('@xstate.snapshot') as unknown as Record<string, unknown[]>[];
    expect(go?.['_actions']).toHaveLength(50);
    expect(out?.['_emitted']).toHaveLength(50);
  });
});

describe('diagnostics', () => {
  it('do not publish the link of an inspector to its server', async () => {
    const { unsubscribe } = diagnoseAll();
    onTestFinished(unsubscribe);
    const messages = published('schmoozer:link:state');
    const { inspector } = await inspecting();
    const script = scriptedConnector();
    const link = compiledActor(script.connector, { id: 'mine' }).start();
    await link.close();
    await inspector.stop();
    expect(new Set(messages.map(([, { name }]) => name))).toEqual(new Set(['mine']));
  });
});

describe('the process', () => {
  it('is named with each actor, by its program, its id and a version', async () => {
    const { inspector, of } = await inspecting({ app: { name: 'shop', version: '2.1.0' } });
    createActor(createMachine({}), { inspect: inspector.inspect }).start().stop();
    await vi.waitFor(() => expect(of('@xstate.actor')).toHaveLength(1));
    expect(of('@xstate.actor')[0]).toMatchObject({
      _app: { name: 'shop', version: '2.1.0', pid: process.pid },
    });
  });

  it('is named by the file of the program, never by its folder; in a browser by nothing', () => {
    expect(appOf({}, { pid: 7, argv: ['node', '/home/me/shop/main.js', '--token=x'] })).toEqual({
      name: 'main.js',
      version: undefined,
      pid: 7,
    });
    expect(appOf({}, { argv: [] })).toMatchObject({ name: '' });
    expect(appOf({}, null)).toMatchObject({ name: '' });
    vi.stubGlobal('process', undefined);
    expect(appOf({})).toMatchObject({ name: '' });
    vi.unstubAllGlobals();
    expect(appOf({ name: 'x' })).toMatchObject({ name: 'x', pid: process.pid });
  });
});

it('a store of @xstate/store, which has no id and no chart, is an actor with events and a context', async () => {
  const { inspector, of } = await inspecting({ allow: { context: ['count'] } });
  const store = {
    sessionId: 'abc',
    getSnapshot: () => ({ status: 'active', context: { count: 1, secret: 'x' } }),
  };
  const shared = { actorRef: store, rootId: 'abc' };
  inspector.inspect({ type: '@xstate.actor', ...shared });
  const changed = { event: { type: 'inc' }, snapshot: store.getSnapshot() };
  inspector.inspect({ type: '@xstate.snapshot', ...shared, ...changed } as never);
  await vi.waitFor(() => expect(of('@xstate.snapshot')).toHaveLength(1));
  expect(of('@xstate.actor')[0]).toMatchObject({ name: 'abc', definition: '{"id":"abc"}' });
  expect(of('@xstate.snapshot')[0]).toMatchObject({
    snapshot: { context: { count: 1, secret: '[string]' } },
  });
});

describe('commands', () => {
  const links = (options: InspectorOptions) =>
    inspecting({ logger: () => {}, ...options }).then((all) => {
      const script = scriptedConnector();
      const actor = createReconnectActor(script.connector, {
        id: 'orders',
        inspect: all.inspector.inspect,
      }).start();
      onTestFinished(() => void actor.stop());
      return { ...all, script, actor };
    });

  it('are obeyed when `allowCommands` is set, and logged', async () => {
    const logger = vi.fn();
    const { say, actor, of, inspector } = await links({ allowCommands: true, logger });
    await vi.waitFor(() => expect(of('@xstate.actor').length).toBeGreaterThan(0));
    await vi.waitFor(() =>
      expect(of('@xstate.actor')).toContainEqual(
        expect.objectContaining({ _commands: ['stop', 'reconnect', 'suspend', 'resume'] }),
      ),
    );
    say({ type: '@schmoozer.command', sessionId: actor.sessionId, command: 'suspend' });
    await vi.waitFor(() => expect(actor.getSnapshot().hasTag('closing')).toBe(true));
    expect(logger).toHaveBeenCalledExactlyOnceWith(
      'schmoozer/inspect: the inspector sends `suspend` to orders',
    );
    const compiled = compiledActor(scriptedConnector().connector, { id: 'prices' });
    inspector.watch(compiled);
    compiled.start();
    await vi.waitFor(() => expect(of('@xstate.actor').at(-1)?.name).toBe('prices'));
    say({
      type: '@schmoozer.command',
      sessionId: of('@xstate.actor').at(-1)?.sessionId,
      command: 'stop',
    });
    await compiled.ended();
  });

  it('are not heard by default', async () => {
    const { say, actor, of } = await links({});
    await vi.waitFor(() => expect(of('@xstate.actor').length).toBeGreaterThan(0));
    expect(of('@xstate.actor')[0]).not.toHaveProperty('_commands');
    say({ type: '@schmoozer.command', sessionId: actor.sessionId, command: 'stop' });
    actor.send({ type: 'suspend' });
    await vi.waitFor(() =>
      expect(of('@xstate.snapshot').at(-1)?.snapshot.tags).toContain('closing'),
    );
    expect(actor.getSnapshot().status).toBe('active');
  });

  it('are passed over when they are none, or for an actor that is no link or not here', () => {
    const send = vi.fn();
    const heard = vi.fn();
    const stranger = {
      id: 'x',
      sessionId: 'x:0',
      system: undefined,
      getSnapshot: () => ({ context: {} }),
      send,
    };
    const throwing = {
      ...stranger,
      getSnapshot: () =>
        new Proxy(
          {},
          {
            getOwnPropertyDescriptor: () => {
              throw new Error('no');
            },
          },
        ),
    };
    const find = (id: string) => ({ 'x:0': stranger, 'x:1': throwing })[id];
    const command = { type: '@schmoozer.command', sessionId: 'x:0', command: 'stop' };
    for (const text of [
      'no JSON',
      'null',
      JSON.stringify({ ...command, type: 'other' }),
      JSON.stringify({ ...command, sessionId: 7 }),
      JSON.stringify({ ...command, command: 'xstate.stop' }),
      JSON.stringify({ ...command, sessionId: 'x:9' }),
      JSON.stringify({ ...command, sessionId: 'x:1' }),
      JSON.stringify(command),
    ]) {
      obey(text, find as never, heard);
    }
    expect(send).not.toHaveBeenCalled();
    expect(heard).not.toHaveBeenCalled();
  });

  it('default to `console.log` for a log', async () => {
    const spy = vi.spyOn(console, 'log').mockImplementation(() => {});
    onTestFinished(() => spy.mockRestore());
    const { say, actor, of } = await links({ allowCommands: true, logger: undefined as never });
    await vi.waitFor(() => expect(of('@xstate.actor').length).toBeGreaterThan(0));
    say({ type: '@schmoozer.command', sessionId: actor.sessionId, command: 'suspend' });
    await vi.waitFor(() => expect(spy).toHaveBeenCalled());
  });
});
