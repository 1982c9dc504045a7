import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createWebSocketReceiver } from '@xstate/inspect';
import type { ParsedReceiverEvent } from '@xstate/inspect/lib/types.js';
import { reconnectMachine } from '../../../src/index.js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createActor, setup } from 'xstate-newest';
import { inspectV4, type InspectV4Options, type ServerTarget } from '../src/index.js';
import { LIFE, live } from './life.js';

const DEADLINE = { timeout: 20_000, interval: 5 };
vi.setConfig({ testTimeout: 60_000 });
// What the package's receiver takes in a browser.
vi.stubGlobal('WebSocket', WebSocket);

async function serving(options: InspectV4Options & Pick<ServerTarget, 'origins'> = {}) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { origins, ...rest } = options;
  const inspect = inspectV4({ server, ...(origins && { origins }) }, rest);
  onTestFinished(() => {
    inspect.stop();
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, inspect, address };
}

/** The package's own receiver, and all that it parses. */
async function receiving(address: string, server: WebSocketServer) {
  const events: ParsedReceiverEvent[] = [];
  const connected = once(server, 'connection');
  const receiver = createWebSocketReceiver({ server: address } as never);
  receiver.subscribe((event) => void events.push(event));
  const [client] = (await connected) as [WebSocket];
  onTestFinished(() => client.terminate());
  // What it says first: that it is there.
  await once(client, 'message');
  const until = (isEnough: () => boolean) =>
    vi.waitFor(() => expect(isEnough()).toBe(true), DEADLINE);
  const of = <T extends ParsedReceiverEvent['type']>(type: T, sessionId: string) =>
    events.filter((event) => event.type === type && event.sessionId === sessionId) as Extract<
      ParsedReceiverEvent,
      { type: T }
    >[];
  return { events, until, of, client, receiver };
}

const transition = ({ _event: event, value }: { _event: { name: string }; value: unknown }) => [
  event.name,
  value,
];

describe('the package’s receiver, through the package’s server', () => {
  it('gets every transition of a life, with its event by the name of XState 4, and its end', async () => {
    const { server, inspect, address } = await serving();
    const { until, of } = await receiving(address, server);
    const id = await live(inspect);
    await until(() => of('service.stop', id).length > 0);
    const [registered, ...others] = of('service.register', id);
    expect(others).toEqual([]);
    const states = [...of('service.register', id), ...of('service.state', id)];
    expect(states.map(({ state }) => transition(state))).toEqual(LIFE);
    const events = of('service.event', id).map(({ event }) => event.name);
    expect(events).toEqual(LIFE.map(([name]) => name));
    expect(registered?.id).toBe(id);
  });

  it('gets the machine whole: its states, edges, guards, delays and actors', async () => {
    const { server, inspect, address } = await serving();
    const { until, of } = await receiving(address, server);
    const id = await live(inspect);
    await until(() => of('service.stop', id).length > 0);
    const machine = of('service.register', id)[0]?.machine;
    const edges = edgesOf(machine as unknown as V4Node);
    const { root } = reconnectMachine as unknown as { root: V5Node };
    expect(edges.toSorted()).toEqual(v5EdgesOf(root).toSorted());
    expect(edges.filter((edge) => edge.startsWith('waiting'))).toEqual([
      'waiting.choosing ---> stopped',
      'waiting.choosing --[hasBroken]-> stopped',
      'waiting.choosing --[isDelayed]-> waiting.delaying',
      'waiting.choosing --[isFirst]-> connecting',
      'waiting.choosing --[isImmediate]-> connecting',
      'waiting.choosing --[isUndecided]-> waiting.deciding',
      'waiting.deciding -done.invoke.retryDelay--> waiting.choosing',
      'waiting.deciding -reconnect--> connecting',
      'waiting.deciding -stop--> stopped',
      'waiting.deciding -suspend--> waiting.suspended',
      'waiting.delaying -reconnect--> connecting',
      'waiting.delaying -stop--> stopped',
      'waiting.delaying -suspend--> waiting.suspended',
      'waiting.delaying -xstate.after(retryDelay)#reconnect.waiting.delaying-[isBounded]-> connecting',
      'waiting.suspended -resume--> connecting',
      'waiting.suspended -stop--> stopped',
    ]);
    expect(edges).toContain('running.settling -done.invoke.run-[isBreak]-> stopped');
    expect(edges).toContain('running.settling -reconnect--> running.reconnecting');
    expect(edges).toContain('running.stopping -error.platform.run--> stopped');
    expect(edges.length).toBe(121);
    expect(machine?.states['connecting']?.description).toMatch(/^A connection is being opened/);
    expect(machine?.states['connecting']?.invoke).toMatchObject([{ id: 'connect' }]);
  });

  it('shows the states inside a transition with `microsteps`', async () => {
    const { server, inspect, address } = await serving({ microsteps: true });
    const { until, of } = await receiving(address, server);
    const id = await live(inspect);
    await until(() => of('service.stop', id).length > 0);
    const states = of('service.state', id).map(({ state }) => transition(state));
    expect(states.slice(0, 2)).toEqual(LIFE.slice(0, 2));
    expect(states.slice(2, 6)).toEqual([
      ['error.platform.connect', { waiting: 'choosing' }],
      ['error.platform.connect', { waiting: 'deciding' }],
      ['done.invoke.retryDelay', { waiting: 'choosing' }],
      ['done.invoke.retryDelay', { waiting: 'delaying' }],
    ]);
  });

  it('shows counters, and nothing else of contexts and events unless it is allowed', async () => {
    const { server, inspect, address } = await serving();
    const { until, of, client } = await receiving(address, server);
    const texts: string[] = [];
    const send = client.send.bind(client) as (text: string) => void;
    client.send = ((text: string) => {
      texts.push(text);
      send(text);
    }) as never;
    const id = await live(inspect);
    await until(() => of('service.stop', id).length > 0);
    const { context } = of('service.state', id).at(-1)?.state ?? expect.fail();
    expect(context).toEqual({ attempt: 0, epoch: 3, delayMs: 0 });
    expect(texts.length).toBeGreaterThan(20);
    expect(texts.filter((text) => text.includes('hunter2'))).toEqual([]);

    const open = await serving({ allow: ['reason'] });
    const second = await receiving(open.address, open.server);
    const other = await live(open.inspect);
    await second.until(() => second.of('service.stop', other).length > 0);
    const stop = second.of('service.event', other).find(({ event }) => event.name === 'stop');
    expect(stop?.event.data).toMatchObject({ type: 'stop', reason: 'hunter2' });
  });

  it('is told of the actors of its own server only', async () => {
    const mine = await serving();
    const theirs = await serving();
    const me = await receiving(mine.address, mine.server);
    const them = await receiving(theirs.address, theirs.server);
    const my = await live(mine.inspect);
    const their = await live(theirs.inspect);
    await me.until(() => me.of('service.stop', my).length > 0);
    await them.until(() => them.of('service.stop', their).length > 0);
    const sessions = (events: readonly ParsedReceiverEvent[]) =>
      new Set(events.map(({ sessionId }) => sessionId));
    expect(sessions(me.events)).toEqual(new Set([my]));
    expect(sessions(them.events)).toEqual(new Set([their]));
  });

  it('that comes late gets each machine that lives where it is now', async () => {
    const { server, inspect, address } = await serving();
    const machine = setup({ types: { events: {} as { type: 'go' } } }).createMachine({
      id: 'late',
      initial: 'one',
      states: { one: { on: { go: 'two' } }, two: {} },
    });
    const gone = createActor(machine, { inspect }).start();
    const actor = createActor(machine, { inspect }).start();
    actor.send({ type: 'go' });
    gone.stop();
    const { events, until, of } = await receiving(address, server);
    await until(() => of('service.register', actor.sessionId).length > 0);
    expect(events).toHaveLength(1);
    expect(of('service.register', actor.sessionId)[0]?.state.value).toBe('two');
    actor.stop();
    await until(() => of('service.stop', actor.sessionId).length > 0);
  });

  it('gets no more after stop, and what was there is ended', async () => {
    const { server, inspect, address } = await serving();
    const machine = setup({}).createMachine({ id: 'stopped' });
    const actor = createActor(machine, { inspect }).start();
    const { events, until, of, client } = await receiving(address, server);
    await until(() => of('service.register', actor.sessionId).length > 0);
    const closed = once(client, 'close');
    inspect.stop();
    createActor(machine, { inspect }).start();
    await closed;
    expect(events.map(({ type }) => type)).toEqual(['service.register', 'service.stop']);
    expect(server.listenerCount('connection')).toBe(0);
  });

  it('is told of a server that closes no more', async () => {
    const { server, inspect } = await serving();
    const closed = new Promise((resolve) => server.close(resolve));
    await closed;
    const warn = vi.spyOn(console, 'warn');
    const actor = createActor(setup({}).createMachine({}), { inspect }).start();
    actor.stop();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('leaves the global of XState 4 as it was', async () => {
    const mine = { mine: true };
    vi.stubGlobal('__xstate__', mine);
    const { inspect } = await serving();
    expect((globalThis as { __xstate__?: unknown })['__xstate__']).toBe(mine);
    await live(inspect);
  });
});

interface V4Node {
  readonly transitions: readonly {
    readonly source: { readonly path: readonly string[] };
    readonly target?: readonly { readonly path: readonly string[] }[];
    readonly eventType: string;
    readonly cond?: { readonly name: string };
  }[];
  readonly states: Readonly<Record<string, V4Node>>;
}

interface V5Node {
  readonly transitions: ReadonlyMap<string, readonly V5Edge[]>;
  readonly always?: readonly V5Edge[];
  readonly states: Readonly<Record<string, V5Node>>;
}

interface V5Edge {
  readonly source: { readonly path: readonly string[] };
  readonly target?: readonly { readonly path: readonly string[] }[];
  readonly eventType: string;
  readonly guard?: string;
}

const edge = (from: readonly string[], event: string, guard: string, to: readonly string[]) =>
  `${from.join('.')} -${event}-${guard && `[${guard}]`}-> ${to.join('.')}`;

/** All transitions of a machine of XState 4 that lead somewhere, as text. */
function edgesOf(node: V4Node): string[] {
  const own = node.transitions.flatMap(({ source, target, eventType, cond }) =>
    (target ?? []).map(({ path }) => edge(source.path, eventType, cond?.name ?? '', path)),
  );
  return [...own.toSorted(), ...Object.values(node.states).flatMap(edgesOf)];
}

/** The same of one of XState 5, with its events by the names of XState 4. */
function v5EdgesOf(node: V5Node): string[] {
  const own = [...node.transitions.values(), node.always ?? []]
    .flat()
    .flatMap(({ source, target, eventType, guard }) =>
      (target ?? []).map(({ path }) => edge(source.path, v4Name(eventType), guard ?? '', path)),
    );
  return [...own, ...Object.values(node.states).flatMap(v5EdgesOf)];
}

const v4Name = (type: string) =>
  type
    .replace('xstate.done.actor.', 'done.invoke.')
    .replace('xstate.error.actor.', 'error.platform.')
    .replace(/^xstate\.after\.(\w+)\.(.+)$/, 'xstate.after($1)#$2');
