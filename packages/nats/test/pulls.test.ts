import type { Msg, MsgCallback, NatsConnection } from '@nats-io/transport-node';
import { describe, expect, it, vi } from 'vitest';
import { Pulls, type PullSettings } from '../src/jetstream/pulls.js';

/** A server that is spoken for by the test, and a clock that it moves. */
function setUp(settings: Partial<PullSettings> = {}) {
  let callback: MsgCallback<Msg> = () => {};
  const sent: { batch: number; expires: number; idle_heartbeat: number; reply: string }[] = [];
  const subjects: string[] = [];
  const drained = vi.fn(async () => {});
  const nats = {
    subscribe(subject: string, options: { callback: MsgCallback<Msg> }) {
      subjects.push(subject);
      callback = options.callback;
      return { drain: drained };
    },
    publish: (_subject: string, text: string, { reply }: { reply: string }) =>
      void sent.push({ ...(JSON.parse(text) as (typeof sent)[0]), reply }),
    isClosed: () => false,
  } as unknown as NatsConnection;
  const timers = new Map<number, { at: number; call: () => void }>();
  let now = 0;
  let names = 0;
  const clock = {
    setTimeout(call: () => void, ms = 0) {
      timers.set(++names, { at: now + ms, call });
      return names;
    },
    clearTimeout: (name: unknown) => void timers.delete(name as number),
  };
  const ended: unknown[] = [];
  const heard: string[] = [];
  const pulls = new Pulls({
    nats,
    subject: 'next',
    room: () => 2,
    onMessage: ({ subject }) => void heard.push(subject),
    onEnd: (error) => void ended.push(error),
    heartbeatMs: 1000,
    maxBatch: Infinity,
    maxExpiresMs: Infinity,
    clock,
    ...settings,
  });
  return {
    pulls,
    subjects,
    sent,
    ended,
    heard,
    timers,
    drained,
    refuse: (error: Error) => void callback(error, undefined as never),
    message: (subject = 'orders') => void callback(null, { subject } as Msg),
    status: (code: number, description = '', pull = sent.at(-1)) =>
      void callback(null, { subject: pull?.reply, headers: { code, description } } as Msg),
    /** Moves the clock, timer by timer. */
    pass: (ms: number) => {
      now += ms;
      for (const [name, { at, call }] of timers) {
        if (at > now) continue;
        timers.delete(name);
        call();
      }
    },
  };
}

describe('Pulls', () => {
  it('asks for nothing before it is started, and then once', () => {
    const { pulls, sent } = setUp();
    pulls.more();
    expect(sent).toEqual([]);
    pulls.start();
    pulls.start();
    expect(sent).toMatchObject([{ batch: 2, expires: 30e9, idle_heartbeat: 1e9 }]);
  });

  it.each([[undefined, '_INBOX.'] as const, ['_me', '_me.'] as const])(
    'gets its answers under the inbox prefix %s',
    (inboxPrefix, prefix) => {
      const { pulls, sent, subjects } = setUp({ inboxPrefix });
      pulls.start();
      expect(subjects).toEqual([expect.stringMatching(/^[^*]+\.\*$/)]);
      expect(subjects[0]?.startsWith(prefix)).toBe(true);
      expect(sent[0]?.reply.startsWith(prefix)).toBe(true);
    },
  );

  it('sends the next pull when one is fulfilled, for as many as there is room for', () => {
    let room = 3;
    const { pulls, sent, heard, message } = setUp({ room: () => room });
    pulls.start();
    message();
    message();
    pulls.more();
    expect(sent).toHaveLength(1);
    room = 0;
    message();
    expect(sent).toHaveLength(1);
    room = 1;
    pulls.more();
    expect(sent.map(({ batch }) => batch)).toEqual([3, 1]);
    expect(heard).toHaveLength(3);
  });

  it.each<[number, string]>([
    [404, 'No Messages'],
    [408, 'Request Timeout'],
    [409, 'Leadership Change'],
    [409, 'Batch Completed'],
  ])('sends the next pull after %i %s', (code, description) => {
    const { pulls, sent, ended, status } = setUp();
    pulls.start();
    status(code, description);
    expect(sent).toHaveLength(2);
    expect(ended).toEqual([]);
  });

  it('takes no notice of what an earlier pull is told', () => {
    const { pulls, sent, ended, message, status } = setUp();
    pulls.start();
    message();
    message();
    status(408, 'Request Timeout', sent[0]);
    status(409, 'Consumer Deleted', sent[0]);
    expect([sent.length, ended.length]).toEqual([2, 0]);
  });

  it.each<[number, string, string]>([
    [409, 'Consumer Deleted', 'ERR_NATS_CONSUMER_DELETED'],
    [409, 'Stream Deleted', 'ERR_NATS_CONSUMER_DELETED'],
    [409, 'Exceeded MaxWaiting', 'ERR_NATS_MAX_WAITING'],
    [409, 'Consumer is push based', 'ERR_NATS_PULL_REFUSED'],
    [409, 'Server Shutdown', 'ERR_NATS_PULL_REFUSED'],
    [400, 'Bad Request', 'ERR_NATS_PULL_REFUSED'],
    [503, '', 'ERR_NATS_PULL_REFUSED'],
  ])('ends by %i %s, once', (status, description, code) => {
    const { pulls, sent, ended, timers, ...server } = setUp();
    pulls.start();
    server.status(status, description);
    server.status(status, description);
    expect(ended).toMatchObject([{ code, status }]);
    pulls.more();
    expect([sent.length, timers.size]).toEqual([1, 0]);
  });

  it('ends when the subscription is refused', () => {
    const { pulls, ended, refuse } = setUp();
    const error = new Error('permissions violation');
    refuse(error);
    pulls.start();
    expect(ended).toEqual([error]);
  });

  it('ends when two signs of life are missing, by three timers; any sign starts the count again', () => {
    const { pulls, ended, timers, status, message, pass } = setUp();
    pulls.start();
    pass(1000);
    pass(1000);
    status(100, 'Idle Heartbeat');
    pass(1000);
    pass(1000);
    message();
    pass(1000);
    pass(1000);
    expect(ended).toEqual([]);
    pass(999);
    expect(ended).toEqual([]);
    pass(1);
    expect(ended).toMatchObject([{ code: 'ERR_NATS_HEARTBEAT_MISSED' }]);
    expect(timers.size).toBe(0);
  });

  it('waits for no sign while no pull is out', () => {
    const { pulls, ended, timers, message, pass } = setUp({ room: () => room });
    let room = 1;
    pulls.start();
    room = 0;
    message();
    for (let time = 0; time < 5; time++) pass(1000);
    expect([ended.length, timers.size]).toEqual([0, 0]);
    room = 1;
    pulls.more();
    expect(timers.size).toBe(1);
  });

  it('keeps to the bounds of the consumer, and of the protocol', () => {
    const bounded = setUp({ room: () => 9, maxBatch: 4, maxExpiresMs: 1500 });
    bounded.pulls.start();
    expect(bounded.sent[0]).toMatchObject({ batch: 4, expires: 1.5e9, idle_heartbeat: 0.75e9 });
    const quick = setUp({ heartbeatMs: 1 });
    quick.pulls.start();
    expect(quick.sent[0]).toMatchObject({ expires: 30e9, idle_heartbeat: 0.5e9 });
    const slow = setUp({ heartbeatMs: 60_000 });
    slow.pulls.start();
    expect(slow.sent[0]).toMatchObject({ expires: 120e9, idle_heartbeat: 60e9 });
  });

  it('hands on what comes while it is cancelled, and asks for no more', async () => {
    const { pulls, sent, heard, ended, timers, drained, message } = setUp();
    pulls.start();
    const cancelled = pulls.cancel();
    message('late');
    message('later');
    await cancelled;
    expect([heard, sent.length, ended, timers.size]).toEqual([['late', 'later'], 1, [], 0]);
    expect(drained).toHaveBeenCalledOnce();
  });
});
