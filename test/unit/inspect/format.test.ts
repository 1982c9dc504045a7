import {
  createWebSocketInspector,
  createWebSocketReceiver,
  type StatelyInspectionEvent,
} from '@statelyai/inspect';
import { createInspectorServer } from '@statelyai/inspect/server';
import { createInspector } from 'schmoozer/inspect';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { assign, createActor, fromTransition, type InspectionEvent, setup } from 'xstate';
import { goTo, harness } from '../../support/harness.js';
import { type Frame, inspectorServer } from '../../support/inspectorServer.js';
import { LIFE, live } from '../../support/life.js';
import { closedPort } from '../../support/loopback.js';

vi.setConfig({ testTimeout: 60_000 });

const steps = (frames: readonly Frame[], sessionId: string) =>
  frames
    .filter((frame) => frame.type === '@xstate.snapshot' && frame.sessionId === sessionId)
    .map(({ event, snapshot }) => [event?.type, snapshot?.value]);

const isEnd = ({ type, sessionId, snapshot }: Frame, id: string) =>
  type === '@xstate.snapshot' && sessionId === id && snapshot?.status === 'done';

describe('what a server gets', () => {
  it('is every event and snapshot of the machine and its actors, in order', async () => {
    const server = await inspectorServer();
    const inspector = createInspector(server.options);
    const id = await live(inspector.inspect);
    await server.until((frames) => frames.some((frame) => isEnd(frame, id)));
    await inspector.stop();
    const { frames } = server;
    expect(steps(frames, id)).toEqual(LIFE);
    expect(inspector.missed).toBe(0);
    const [root, connect] = frames.filter(({ type }) => type === '@xstate.actor');
    expect(root).toMatchObject({
      name: 'reconnect',
      sessionId: id,
      rootId: id,
      _version: '0.7.2',
      snapshot: { status: 'active' },
    });
    expect(connect).toMatchObject({ name: 'connect', rootId: id, parentId: id });
    expect(Number(root?.createdAt)).toBeCloseTo(Date.now(), -6);
    const last = frames.findLast((frame) => isEnd(frame, id));
    expect(last?.snapshot).toMatchObject({
      value: 'stopped',
      tags: ['offline'],
      context: { attempt: 0, epoch: 3, delayMs: 0, settings: '[object]' },
      output: { status: '[string]' },
      children: {},
    });
    const sent = frames.filter(
      ({ type, event }) => type === '@xstate.event' && event?.type === 'stop',
    );
    expect(sent).toMatchObject([{ sessionId: id, event: { type: 'stop' } }]);
    const answered = frames.find(({ event }) => event?.type === 'xstate.done.actor.connect');
    expect(answered).toMatchObject({ sourceId: expect.stringMatching(/^x:/), sessionId: id });
  });

  it('has each step inside a transition, with the edge taken and its guard', async () => {
    const server = await inspectorServer();
    const inspector = createInspector(server.options);
    const id = await live(inspector.inspect);
    await inspector.stop();
    await server.until((frames) => frames.some((frame) => isEnd(frame, id)));
    const microsteps = server.frames.filter(
      ({ type, sessionId }) => type === '@xstate.microstep' && sessionId === id,
    );
    // Whether XState tells of its first step depends on its version.
    const later = microsteps.filter(({ event }) => event?.type !== 'xstate.init');
    const edges = later.flatMap(({ _transitions = [], event, snapshot }) =>
      _transitions.map((taken) => ({ ...taken, cause: event?.type, value: snapshot?.value })),
    );
    expect(edges.slice(0, 3)).toEqual([
      {
        eventType: 'connect.started',
        source: 'reconnect.connecting.attempting',
        target: [],
        cause: 'connect.started',
        value: { connecting: 'attempting' },
      },
      {
        eventType: 'xstate.error.actor.connect',
        source: 'reconnect.connecting.attempting',
        target: ['reconnect.waiting'],
        cause: 'xstate.error.actor.connect',
        value: { waiting: 'choosing' },
      },
      {
        eventType: '',
        source: 'reconnect.waiting.choosing',
        target: ['reconnect.waiting.deciding'],
        guard: 'isUndecided',
        cause: 'xstate.error.actor.connect',
        value: { waiting: 'deciding' },
      },
    ]);
    expect(edges[4]).toEqual({
      eventType: '',
      source: 'reconnect.waiting.choosing',
      target: ['reconnect.waiting.delaying'],
      guard: 'isDelayed',
      cause: 'xstate.done.actor.retryDelay',
      value: { waiting: 'delaying' },
    });
    for (const { _version } of microsteps) expect(_version).toBeUndefined();
  });

  it('has no microsteps when they are off', async () => {
    const server = await inspectorServer();
    const inspector = createInspector({ ...server.options, microsteps: false });
    const id = await live(inspector.inspect);
    await inspector.stop();
    await server.until((frames) => frames.some((frame) => isEnd(frame, id)));
    expect(new Set(server.frames.map(({ type }) => type))).toEqual(
      new Set(['@xstate.actor', '@xstate.event', '@xstate.snapshot']),
    );
    expect(inspector.missed).toBe(0);
  });

  it('has the timers that run with each snapshot, and none when the machine has stopped', async () => {
    const server = await inspectorServer();
    const inspector = createInspector(server.options);
    const startedAt = Date.now();
    const id = await live(inspector.inspect);
    await inspector.stop();
    await server.until((frames) => frames.some((frame) => isEnd(frame, id)));
    const snapshots = server.frames.filter(
      ({ type, sessionId }) => type === '@xstate.snapshot' && sessionId === id,
    );
    const connect = [['xstate.after.connectTimeout.reconnect.connecting.attempting', 20_000]];
    const stable = [['xstate.after.stableAfter.reconnect.running.settling', 10_000]];
    const drain = (state: string) => [
      [`xstate.after.gracePeriod.reconnect.running.${state}`, 5000],
    ];
    expect(
      snapshots.map(({ _after }) => _after?.map(({ eventType, delayMs }) => [eventType, delayMs])),
    ).toEqual([
      connect,
      connect,
      undefined,
      [['xstate.after.retryDelay.reconnect.waiting.delaying', 500]],
      connect,
      connect,
      stable,
      undefined,
      connect,
      connect,
      stable,
      undefined,
      drain('reconnecting'),
      connect,
      connect,
      stable,
      drain('stopping'),
      undefined,
    ]);
    // The host's time, whatever clock the timers run on.
    for (const timer of snapshots.flatMap(({ _after = [] }) => _after)) {
      expect(Object.keys(timer)).toEqual(['eventType', 'delayMs', 'startedAt']);
      expect(timer.startedAt).toBeGreaterThanOrEqual(startedAt);
      expect(timer.startedAt).toBeLessThanOrEqual(Date.now());
    }
    const others = server.frames.filter(({ sessionId }) => sessionId !== id);
    for (const { _after } of others) expect(_after).toBeUndefined();
  });

  it('is the state sequence that the package’s own inspector sends beside it', async () => {
    const port = await closedPort();
    const server = createInspectorServer({ port, autoOpen: false });
    onTestFinished(() => server.stop());
    const url = `ws://127.0.0.1:${port}`;
    const received: Frame[] = [];
    const receiver = createWebSocketReceiver({ server: url });
    receiver.subscribe((event) => void received.push(event as unknown as Frame));
    const theirServer = await inspectorServer();
    const theirs = createWebSocketInspector({
      url: theirServer.url,
      sanitizeContext: () => ({}),
    });
    const ours = createInspector({ url, WebSocket });
    await vi.waitFor(() => expect(ours.isConnected).toBe(true), { timeout: 20_000 });
    const id = await live((event) => {
      (theirs.inspect as { next(event: InspectionEvent): void }).next(event);
      ours.inspect(event);
    });
    await theirServer.until((frames) => frames.some((frame) => isEnd(frame, id)));
    await vi.waitFor(() => expect(received.some((frame) => isEnd(frame, id))).toBe(true), {
      timeout: 20_000,
    });
    theirs.stop();
    await ours.stop();

    expect(steps(received, id)).toEqual(LIFE);
    expect(steps(theirServer.frames, id)).toEqual(LIFE);
    const told = (frames: readonly Frame[], type: string) =>
      frames
        .filter((frame) => frame.type === type)
        .map(({ sessionId, rootId, parentId, sourceId, name, event }) => ({
          sessionId,
          rootId,
          parentId,
          sourceId,
          name,
          event: event?.type,
        }));
    for (const type of ['@xstate.actor', '@xstate.event', '@xstate.snapshot']) {
      expect(told(received, type), type).toEqual(told(theirServer.frames, type));
    }
    // Their fields, and one that they do not have, which passes through.
    const keys = (frames: readonly Frame[], type: string) =>
      [...new Set(frames.filter((f) => f.type === type).flatMap((f) => Object.keys(f)))].toSorted();
    for (const type of ['@xstate.actor', '@xstate.event', '@xstate.snapshot']) {
      const extra =
        { '@xstate.snapshot': ['_actions', '_after', '_emitted'], '@xstate.actor': ['_app'] }[
          type
        ] ?? [];
      const expected = [...keys(theirServer.frames, type), ...extra].toSorted();
      expect(keys(received, type), type).toEqual(expected);
    }
    const definition = (frames: readonly Frame[]) =>
      JSON.parse(frames.find(({ sessionId }) => sessionId === id)?.definition ?? '') as object;
    // Theirs has its keys sorted.
    const edges = edgesOf(definition(received)).toSorted();
    expect(edges).toEqual(edgesOf(definition(theirServer.frames)).toSorted());
    expect(edges.length).toBeGreaterThan(50);
  });

  it('is understood by a consumer that knows only their three types', async () => {
    // A consumer by the package's own types: what it does not know, it passes over.
    const states = new Map<string, unknown>();
    const consume = (event: StatelyInspectionEvent) => {
      switch (event.type) {
        case '@xstate.actor':
          states.set(event.sessionId, (event.snapshot as { value?: unknown }).value);
          break;
        case '@xstate.snapshot':
          states.set(event.sessionId, (event.snapshot as { value?: unknown }).value);
          break;
        case '@xstate.event':
          break;
      }
    };
    const server = await inspectorServer();
    const inspector = createInspector(server.options);
    const id = await live(inspector.inspect);
    await inspector.stop();
    await server.until((frames) => frames.some((frame) => isEnd(frame, id)));
    for (const frame of server.frames) consume(frame as unknown as StatelyInspectionEvent);
    expect(states.get(id)).toBe('stopped');
  });
});

/** Every transition of a definition, as text: where it starts, what it needs, where it leads. */
function edgesOf(config: object, path = ''): string[] {
  const {
    states = {},
    invoke = [],
    initial,
    ...rest
  } = config as Record<string, never> & {
    states?: Record<string, object>;
    invoke?: object | object[];
    initial?: string;
  };
  const list = (value: unknown) => (value === undefined ? [] : [value].flat());
  const edges = (event: string, value: unknown) =>
    list(value).map((edge) => {
      const { target, guard, actions } = Object(edge) as Record<string, unknown>;
      return `${path} ${event} [${JSON.stringify(guard)}] ${typeof edge === 'string' ? edge : String(target)} ${JSON.stringify(actions)}`;
    });
  return [
    `${path} initial ${initial ?? ''}`,
    ...['on', 'after'].flatMap((key) =>
      Object.entries((rest[key] ?? {}) as object).flatMap(([event, value]) => edges(event, value)),
    ),
    ...edges('always', rest['always']),
    ...list(invoke).flatMap((child) => [
      ...edges('onDone', (child as { onDone?: unknown }).onDone),
      ...edges('onError', (child as { onError?: unknown }).onError),
      `${path} invoke ${String((child as { src?: unknown }).src)}`,
    ]),
    ...Object.entries(states).flatMap(([key, child]) => edgesOf(child, `${path}.${key}`)),
  ];
}

describe('any actor of XState v5', () => {
  it('is shown, whatever its logic', async () => {
    const server = await inspectorServer();
    const inspector = createInspector({
      ...server.options,
      allow: { context: ['count'] },
    });
    const counter = setup({
      types: { context: {} as { count: number; list: number[] }, events: {} as { type: 'add' } },
    }).createMachine({
      id: 'counter',
      context: { count: 0, list: [] },
      on: {
        add: { guard: () => true, actions: assign({ count: ({ context }) => context.count + 1 }) },
      },
    });
    const machine = createActor(counter, { inspect: inspector.inspect, id: 'mine' }).start();
    machine.send({ type: 'add' });
    const reducer = createActor(
      fromTransition((state: { count: number }) => ({ count: state.count + 1 }), { count: 5 }),
      { inspect: inspector.inspect },
    ).start();
    reducer.send({ type: 'anything' });
    machine.stop();
    reducer.stop();
    await inspector.stop();
    await server.until((frames) => frames.length > 0);
    const of = (id: string) => server.frames.filter(({ sessionId }) => sessionId === id);
    expect(of(machine.sessionId)[0]).toMatchObject({ type: '@xstate.actor', name: 'mine' });
    expect(
      of(machine.sessionId).find(
        ({ type, event }) => type === '@xstate.snapshot' && event?.type === 'add',
      )?.snapshot,
    ).toMatchObject({ context: { count: 1, list: '[array]' }, value: {} });
    expect(of(reducer.sessionId)[0]?.definition).toBe(`{"id":"${reducer.sessionId}"}`);
    expect(of(reducer.sessionId).find(({ event }) => event?.type === 'anything')).toBeDefined();
    expect(
      of(reducer.sessionId)
        .filter(({ type }) => type === '@xstate.snapshot')
        .map(({ snapshot }) => snapshot?.['context']),
    ).toEqual([{ count: 5 }, { count: 6 }, { count: 7 }]);
  });

  it('is shown whole when the inspector comes to a system that has long begun', async () => {
    const server = await inspectorServer();
    const inspector = createInspector(server.options);
    const h = harness();
    await goTo(h, 'connecting.attempting');
    h.actor.system.inspect(inspector.inspect);
    h.actor.send({ type: 'stop' });
    await h.clock.drain();
    await inspector.stop();
    await server.until((frames) => frames.length >= 3);
    const [root, child, event] = server.frames;
    expect(root).toMatchObject({
      type: '@xstate.actor',
      sessionId: h.actor.sessionId,
      snapshot: { value: { connecting: 'attempting' }, tags: ['connecting', 'offline'] },
      _after: [{ eventType: 'xstate.after.connectTimeout.reconnect.connecting.attempting' }],
    });
    expect(child).toMatchObject({ type: '@xstate.actor', name: 'connect' });
    expect(event).toMatchObject({ type: '@xstate.event', event: { type: 'stop' } });
  });
});
