import { setTimeout as wait } from 'node:timers/promises';
import {
  type Connector,
  constantBackoff,
  createReconnectActor,
  type ReconnectEmitted,
} from 'schmoozer';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { openSockets } from './loopback.js';
import { type Proxy, startProxy } from './proxy.js';
import { type ServiceName, throughPort, urlOf } from './services.js';

const DEADLINE_MS = 20_000;

/** What an example tells its consumer. */
export interface Heard {
  readonly sessions: { readonly epoch: number; readonly gap: boolean }[];
  readonly messages: { readonly epoch: number; readonly text: string }[];
}

/** The consumer's side of an example, the same for all. */
export interface Wiring {
  readonly url: string;
  /** In seconds: how soon a silent peer must be noticed. */
  readonly heartbeatS: number;
  readonly onSession: (session: { epoch: number; gap: boolean }) => void;
  readonly hear: (epoch: number, text: string) => void;
  /** Each call is one attempt that asked for its credentials. */
  readonly onCredentials: () => void;
}

/** A server and our own access to it, beside the example. */
export interface Access {
  connector(wiring: Wiring): Connector<unknown>;
  publish(text: string): Promise<void>;
  /** Connections of the example, as the server counts them; undefined where it cannot be asked soon. */
  count?(): Promise<number>;
  /** Makes the server forget what the example subscribed to. */
  forget?(): Promise<unknown>;
  /** Ends the example's connection from the server's side. */
  cut(proxy: Proxy): Promise<void>;
  /** Sockets of a server that runs in this process. */
  ownSockets?(): number;
  close(): Promise<unknown>;
}

export interface Service {
  readonly name: ServiceName | 'Server-sent events';
  /** Whether the server keeps what is published while the example is away. */
  readonly keepsMessages: boolean;
  /** Node's fetch opens a spare connection when a body is abandoned, and closes it after 3 s. */
  readonly leavesPooledSocket?: boolean;
  /** Opens our own access; `name` is unique to this run. */
  open(name: string): Promise<Access & { readonly at?: URL }>;
}

/** Waits for a condition, with a deadline. */
export async function until(what: string, isTrue: () => unknown): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited ${DEADLINE_MS} ms for: ${what}`);
    await wait(10);
  }
}

/** What was closed is gone from the event loop after it has turned. */
async function closings(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
}

/** A name that no other run has. */
export const uniqueName = () =>
  `schmoozer-${process.pid}-${performance.now().toFixed(3)}`.replace('.', '-');

const isSkipped = ({ name }: Service) => (inject('missingServices') as string[]).includes(name);

/** A consumer that expects nothing. */
export const deaf = { onSession() {}, onMessage() {} };

/** What holds for every example against its real server, and `more`, what holds for this one. */
export function describeService(service: Service, more: () => void): void {
  const skipped = isSkipped(service);
  describe.skipIf(skipped)(`${service.name}${skipped ? ' (skipped: no server)' : ''}`, () => {
    it('brings messages, and stop leaves no connection behind', async () => {
      const loop = await start(service);
      await loop.flow();
      await loop.stop();
    });

    it.each<[string, (loop: Loop) => unknown]>([
      ['is cut from the server’s side', ({ access, proxy }) => access.cut(proxy)],
      ['is reset on the way', ({ proxy }) => proxy.reset()],
    ])('brings messages again after it %s', async (_title, harm) => {
      const loop = await start(service);
      await loop.flow();
      await harm(loop);
      await loop.session(2);
      await loop.flow();
      expect(loop.heard.sessions[1]?.gap).toBe(!service.keepsMessages);
      await loop.stop();
    });

    it('notices a peer that has fallen silent, and holds one connection at most', async () => {
      const loop = await start(service, { heartbeatS: 1 });
      await loop.flow();
      loop.proxy.silence();
      await until('an attempt that hung was given up', () => loop.failedAttempts() > 0);
      expect(loop.proxy.mostHeld).toBe(1);
      await loop.proxy.pass();
      await loop.session(2);
      await loop.flow();
      await loop.stop();
    });

    it('lives through an outage, tells of the gap, and asks for credentials at each attempt', async () => {
      const loop = await start(service);
      await loop.flow();
      await loop.proxy.refuse();
      await until('two attempts were refused', () => loop.failedAttempts() > 1);
      await loop.access.publish('while away');
      await loop.proxy.pass();
      await loop.session(2);
      await loop.flow();
      expect(loop.heard.sessions.map(({ gap }) => gap)).toEqual([false, !service.keepsMessages]);
      const { messages } = loop.heard;
      expect(messages.some(({ text }) => text === 'while away')).toBe(service.keepsMessages);
      expect(loop.asked()).toBe(2 + loop.failedAttempts());
      await loop.stop();
    });

    it('stops soon while the peer is silent: in a session, and while it connects', async () => {
      const inSession = await start(service);
      await inSession.flow();
      inSession.proxy.silence();
      await inSession.stop({ isSilent: true });

      const connecting = await start(service, { connectTimeoutMs: Infinity }, false);
      await until('the proxy is asked', () => connecting.proxy.held === 1);
      await connecting.stop({ isSilent: true });
      expect(connecting.heard.sessions).toEqual([]);
    });

    more();
  });
}

export type Loop = Awaited<ReturnType<typeof start>>;

interface StartOptions {
  readonly heartbeatS?: number;
  readonly connectTimeoutMs?: number;
}

/** An example in its loop, behind a proxy; it resolves when the first session is on. */
export async function start(
  service: Service,
  { heartbeatS = 10, connectTimeoutMs = 2500 }: StartOptions = {},
  isReachable = true,
) {
  const atFirst = openSockets();
  const access = await service.open(uniqueName());
  const { hostname, port } = access.at ?? urlOf(service.name as ServiceName);
  const proxy = await startProxy(hostname, Number(port));
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    await access.close();
    // The next test counts from here.
    await until('every socket of this test is gone', () => openSockets() <= atFirst);
  });
  if (!isReachable) proxy.silence();

  const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
  const sockets = () => openSockets() - proxy.ownSockets - (access.ownSockets?.() ?? 0);
  const before = { timers: timers(), sockets: sockets() };

  const heard: Heard = { sessions: [], messages: [] };
  let asked = 0;
  const connector = access.connector({
    url: throughPort(access.at ?? urlOf(service.name as ServiceName), proxy.port),
    heartbeatS,
    onSession: (session) => void heard.sessions.push(session),
    hear: (epoch, text) => void heard.messages.push({ epoch, text }),
    onCredentials: () => void asked++,
  });
  const backoff = constantBackoff(50);
  const actor = createReconnectActor(connector, {
    backoff,
    connectTimeoutMs,
    drainTimeoutMs: Infinity, // the example itself must come to an end
    stableAfterMs: 0,
  });
  const done = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
  const emitted: ReconnectEmitted[] = [];
  actor.on('*', (event) => void emitted.push(event));
  actor.start();
  onTestFinished(() => {
    if (actor.getSnapshot().status === 'active') actor.send({ type: 'stop' });
    return done;
  });

  const session = (epoch: number) =>
    until(`session ${epoch}`, () => {
      expect(actor.getSnapshot().output).toBeUndefined();
      return heard.sessions.some((one) => one.epoch === epoch);
    });
  if (isReachable) await session(1);
  let sent = 0;
  return {
    access,
    proxy,
    heard,
    session,
    asked: () => asked,
    /** Attempts that brought no session. */
    failedAttempts: () => {
      const retries = emitted.filter(({ type }) => type === 'retry.scheduled').length;
      return retries - emitted.filter(({ type }) => type === 'connection.closed').length;
    },
    /** What is published in a session is heard, in that session. */
    async flow() {
      const text = `message ${++sent}`;
      const epoch = heard.sessions.at(-1)?.epoch;
      await access.publish(text);
      await until(text, () =>
        heard.messages.some((one) => one.text === text && one.epoch === epoch),
      );
      // A server may need a moment to see that an earlier connection is gone.
      if (access.count)
        await until('the server counts one', async () => (await access.count?.()) === 1);
    },
    async stop({ isSilent = false } = {}) {
      actor.send({ type: 'stop', reason: 'enough' });
      await until('the example has closed', () => actor.getSnapshot().status === 'done');
      expect(actor.getSnapshot().output).toEqual({ status: 'stopped', reason: 'enough' });
      await closings();
      if (!service.leavesPooledSocket) expect(sockets()).toBeLessThanOrEqual(before.sockets);
      await until('the proxy sees that we left', () => proxy.held === 0);
      await until('no socket of ours is left', () => sockets() <= before.sockets);
      await until('no timer of ours is left', () => timers() <= before.timers);
      if (isSilent) await proxy.pass(); // only now can the server hear of it
      if (access.count)
        await until('the server counts none', async () => (await access.count?.()) === 0);
    },
  };
}
