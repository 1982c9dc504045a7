import { constantBackoff, createReconnectActor, type ReconnectEmitted } from 'schmoozer';
import { expect, onTestFinished } from 'vitest';
import type { Pem } from './certificate.js';
import { openSockets } from './loopback.js';
import { startProxy } from './proxy.js';
import type { Service } from './serviceUnderTest.js';
import { type ServiceName, throughPort, urlOf } from './services.js';
import { startTlsFront } from './tlsFront.js';
import { until } from './until.js';

/** What was closed is gone from the event loop after it has turned. */
async function closings(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
}

/** A name that no other run has. */
export const uniqueName = () =>
  `schmoozer-${process.pid}-${performance.now().toFixed(3)}`.replace('.', '-');

export type Loop = Awaited<ReturnType<typeof start>>;

/** What an example tells its consumer. */
interface Heard {
  readonly sessions: { readonly epoch: number; readonly gap: boolean }[];
  readonly messages: { readonly epoch: number; readonly text: string }[];
  /** Of `onError`. */
  readonly errors: string[];
}

export interface StartOptions {
  readonly heartbeatS?: number;
  readonly connectTimeoutMs?: number;
  /** Called with each message that was heard; it is the handler. */
  readonly handle?: (text: string, epoch: number) => unknown;
  readonly onMessageError?: 'continue' | 'end';
  /** How often a message that failed comes again, at once; for services that redeliver. Default never. */
  readonly maxRedeliveries?: number;
  readonly onDeadLetter?: () => unknown;
  /** What the server shows, and the authority that the client trusts; without it there is no TLS. */
  readonly tls?: { readonly shown: Pem; readonly ca: string } | undefined;
}

/** An example in its loop, behind a proxy; it resolves when the first session is on. */
export async function start(service: Service, options?: StartOptions) {
  const loop = await launch(service, options);
  await loop.session(1);
  return loop;
}

/** The same, as soon as the loop has begun. */
export async function launch(
  service: Service,
  {
    heartbeatS = 10,
    connectTimeoutMs = 2500,
    tls,
    handle,
    onMessageError,
    maxRedeliveries = 0,
    onDeadLetter,
  }: StartOptions = {},
  isReachable = true,
) {
  const atFirst = openSockets();
  const access = await service.open(uniqueName());
  const at = access.at ?? urlOf(service.name as ServiceName);
  const behind = [at.hostname, Number(at.port)] as const;
  const front = tls && (await startTlsFront(...behind, tls.shown, service.secure.overture));
  const proxy = await (front ? startProxy('127.0.0.1', front.port) : startProxy(...behind));
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    await front?.[Symbol.asyncDispose]();
    await access.close();
    // The next test counts from here.
    await until('every socket of this test is gone', () => openSockets() <= atFirst);
  });
  if (!isReachable) proxy.silence();

  const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
  const foreign = () => proxy.ownSockets + (front?.ownSockets ?? 0) + (access.ownSockets?.() ?? 0);
  const sockets = () => openSockets() - foreign();
  const before = { timers: timers(), sockets: sockets() };

  const heard: Heard = { sessions: [], messages: [], errors: [] };
  let asked = 0;
  const connector = access.connector({
    url: throughPort(at, proxy.port, tls && service.secure.scheme),
    heartbeatS,
    tls: tls && { ca: tls.ca },
    onSession: (session) => void heard.sessions.push(session),
    hear: (epoch, text) => {
      heard.messages.push({ epoch, text });
      return handle?.(text, epoch);
    },
    shared: {
      ...(onMessageError && { onMessageError }),
      onError: (error) => void heard.errors.push(String(error)),
      ...(service.redelivers && {
        maxRedeliveries,
        redeliveryDelayMs: 0,
        ...(onDeadLetter && { onDeadLetter }),
      }),
    },
    onCredentials: () => void asked++,
  });
  const backoff = constantBackoff(50);
  const actor = createReconnectActor(connector, {
    backoff,
    connectTimeoutMs,
    gracePeriodMs: Infinity, // the example itself must come to an end
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
  const isDone = () => actor.getSnapshot().status === 'done';
  /** The loop is over, and nothing of it is left, here or on the other side. */
  const gone = async (isSilent = false) => {
    await until('the example has closed', isDone);
    await closings();
    expect(sockets()).toBeLessThanOrEqual(before.sockets);
    await until('the proxy sees that we left', () => proxy.held === 0);
    await until('no timer of ours is left', () => timers() <= before.timers);
    if (isSilent) await proxy.pass(); // only now can the server hear of it
    if (access.count)
      await until('the server counts none', async () => (await access.count?.()) === 0);
  };
  let sent = 0;
  return {
    access,
    proxy,
    cut: () => access.cut((front ?? proxy).inject),
    heard,
    session,
    asked: () => asked,
    emitted,
    isOnline: () => actor.getSnapshot().hasTag('online'),
    send: actor.send.bind(actor),
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
      await gone(isSilent);
      expect(actor.getSnapshot().output).toEqual({ status: 'stopped', reason: 'enough' });
    },
    /** What the loop has failed with, of itself. */
    async failure(): Promise<unknown> {
      await gone();
      const { output } = actor.getSnapshot();
      if (output?.status !== 'failed') throw new Error(`the loop has ${output?.status}`);
      return output.error;
    },
  };
}
