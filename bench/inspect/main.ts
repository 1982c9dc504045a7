/**
 * What one transition costs in the process that is inspected, in microseconds of CPU, all of its threads.
 * Run: npm run bench:inspect
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createWebSocketInspector } from '@statelyai/inspect';
import { inspectV4 } from '@schmoozer/inspect-v4';
import { createInspector } from 'schmoozer/inspect';
import { WebSocket, WebSocketServer } from 'ws';
import { createActor, type InspectionEvent, setup } from 'xstate';

const TRANSITIONS = 20_000;
const BURST = 100;
const ROUNDS = 5;

type Inspect = (event: InspectionEvent) => void;
interface Way {
  readonly name: string;
  /** Resolves to what is inspected with, and what ends it. */
  start(): Promise<{ inspect: Inspect | undefined; end(): unknown }>;
}

const machine = setup({ types: { events: {} as { type: 'go' } } }).createMachine({
  id: 'bench',
  context: { attempt: 0, epoch: 1, delayMs: 0, link: { password: 'x' } },
  initial: 'one',
  states: { one: { on: { go: 'two' } }, two: { on: { go: 'one' } } },
});

const server = fork(new URL('./server.ts', import.meta.url));
const [port] = (await once(server, 'message')) as [number];
const url = `ws://127.0.0.1:${port}`;
const nobody = 'ws://127.0.0.1:9';

async function until(isReady: () => boolean): Promise<void> {
  for (let i = 0; !isReady(); i++) {
    if (i > 2000) throw new Error('not connected within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const ways: Way[] = [
  { name: 'no inspector', start: async () => ({ inspect: undefined, end: () => {} }) },
  {
    name: 'an `inspect` that does nothing',
    start: async () => ({ inspect: () => {}, end: () => {} }),
  },
  {
    name: 'schmoozer/inspect, no server',
    async start() {
      const inspector = createInspector({ url: nobody, WebSocket });
      createActor(machine, { inspect: inspector.inspect }).start().stop();
      await until(() => inspector.missed > 0);
      return { inspect: inspector.inspect, end: () => inspector.stop() };
    },
  },
  ...[true, false].map((microsteps) => ({
    name: `schmoozer/inspect, connected${microsteps ? '' : ', no microsteps'}`,
    async start() {
      const inspector = createInspector({ url, WebSocket, microsteps });
      await until(() => inspector.isConnected);
      const end = async () => {
        await inspector.stop();
        if (inspector.missed > 0) throw new Error(`${inspector.missed} were dropped`);
      };
      return { inspect: inspector.inspect, end };
    },
  })),
  {
    name: '@statelyai/inspect, connected',
    async start() {
      const inspector = createWebSocketInspector({ url });
      await until(() => (inspector.adapter as unknown as { status: string }).status === 'open');
      const { next } = inspector.inspect as { next: Inspect };
      return { inspect: next, end: () => inspector.stop() };
    },
  },
  ...[false, true].map((isWatched) => ({
    name: `@schmoozer/inspect-v4, ${isWatched ? 'watched' : 'nobody watches'}`,
    async start() {
      const own = new WebSocketServer({ host: '127.0.0.1', port: 0 });
      await once(own, 'listening');
      const inspect = inspectV4({ server: own });
      const address = `ws://127.0.0.1:${(own.address() as AddressInfo).port}`;
      // The watcher is in this process: what it costs to receive is counted, too.
      const watcher = isWatched ? new WebSocket(address) : undefined;
      watcher?.on('open', () => watcher.send('{"type":"xstate.inspecting"}'));
      await until(() => !isWatched || own.clients.size === 1);
      const end = () => {
        inspect.stop();
        watcher?.terminate();
        own.close();
      };
      return { inspect: inspect as Inspect, end };
    },
  })),
];

/** Microseconds of CPU per transition; bursts, so that sockets are served as in an app. */
async function measure(way: Way): Promise<number> {
  const { inspect, end } = await way.start();
  const actor = createActor(machine, inspect === undefined ? {} : { inspect }).start();
  const run = async (transitions: number) => {
    for (let i = 0; i < transitions; i++) {
      actor.send({ type: 'go' });
      if (i % BURST === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await run(TRANSITIONS / 10);
  globalThis.gc?.();
  const before = process.cpuUsage();
  await run(TRANSITIONS);
  // What waits to be sent is part of the cost.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const { user, system } = process.cpuUsage(before);
  actor.stop();
  await end();
  return (user + system) / TRANSITIONS;
}

const costs = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const way of ways) costs.get(way.name)?.push(await measure(way));
}
console.log(
  `median of ${ROUNDS} rounds of ${TRANSITIONS} transitions, in microseconds of CPU each`,
);
for (const [name, values] of costs) {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, median, high] = [sorted[0], sorted[ROUNDS >> 1], sorted.at(-1)] as number[];
  const shown = [median, low, high].map((value) => (value ?? 0).toFixed(1));
  console.log(`${name}: ${shown[0]} (${shown[1]} to ${shown[2]})`);
}
server.kill();
