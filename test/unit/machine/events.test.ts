import { Break, Continue, fatal, type ReconnectCommand, type ReconnectEmitted } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { emittedTypes } from '../../../src/machine/vocabulary.js';
import {
  everywhere,
  goTo,
  harness,
  places,
  settle,
  told,
  toldTypes,
} from '../../support/harness.js';
import { Story } from '../../support/story.js';

const refused = new Error('refused');

describe('events', () => {
  it('tell a whole life, with durations to the millisecond', async () => {
    const h = harness({ limits: true, limiterKey: 'feed', closed: true });
    await h.clock.advance(40);
    await settle(h, () => h.permits?.requests[0]?.grant());
    await h.clock.advance(7);
    await settle(h, () => h.script.connects[0]?.reject(refused));
    await h.clock.advance(1000);
    await h.clock.advance(60);
    await settle(h, () => h.permits?.requests[1]?.grant());
    await h.clock.advance(3);
    await settle(h, () => h.script.connects[1]?.resolve());
    await h.clock.advance(10_001);
    await settle(h, () => h.script.closes[0]?.resolve({ detail: 1001 }));
    await h.clock.advance(500);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await h.clock.advance(1000);
    await settle(h, () => h.permits?.requests[2]?.grant());
    await h.clock.advance(11);
    await settle(h, () => h.script.connects[2]?.resolve());
    await h.clock.advance(20);
    h.actor.send({ type: 'stop', reason: 'night' });
    await settle(h, () => h.script.runs[1]?.reject(h.script.runs[1].argument.signal.reason));
    const first = { attempt: 0, epoch: 1 };
    const second = { attempt: 1, epoch: 1 };
    expect(h.emitted).toEqual([
      { type: 'connection.queued', key: 'feed' },
      { type: 'attempt.started', ...first },
      { type: 'attempt.failed', ...first, error: refused, verdict: 'transient', connectMs: 7 },
      { type: 'retry.scheduled', attempt: 1, delayMs: 1000, error: refused, verdict: 'transient' },
      { type: 'connection.queued', key: 'feed' },
      { type: 'attempt.started', ...second },
      { type: 'connection.opened', ...second, connectMs: 3, queuedMs: 60, downMs: 1110 },
      { type: 'connection.stable', epoch: 1 },
      { type: 'connection.closing', epoch: 1, cause: 'lost', detail: 1001, upMs: 10_001 },
      {
        type: 'connection.closed',
        epoch: 1,
        cause: 'lost',
        detail: 1001,
        upMs: 10_001,
        isStable: true,
      },
      { type: 'retry.scheduled', attempt: 1, delayMs: 1000 },
      { type: 'connection.queued', key: 'feed' },
      { type: 'attempt.started', attempt: 1, epoch: 2 },
      {
        type: 'connection.opened',
        epoch: 2,
        attempt: 1,
        connectMs: 11,
        queuedMs: 0,
        // Since it was no longer online, not since it was released.
        downMs: 1511,
      },
      { type: 'connection.closing', epoch: 2, cause: 'stop', upMs: 20 },
      { type: 'connection.closed', epoch: 2, cause: 'stop', upMs: 20, isStable: false },
      { type: 'link.ended', output: { status: 'stopped', reason: 'night' } },
    ]);
  });

  it('of a session that did not last count the outage on from the last good one', async () => {
    const h = harness();
    await settle(h, () => h.script.connects[0]?.resolve());
    await h.clock.advance(9999);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[1]?.resolve());
    await h.clock.advance(10_000);
    await settle(h, () => h.script.runs[1]?.resolve(Continue()));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[2]?.resolve());
    expect(told(h, 'connection.opened').map(({ downMs }) => downMs)).toEqual([0, 10_999, 1000]);
  });

  it('of a timeout are those of a failed attempt', async () => {
    const h = harness({ connectTimeoutMs: 300 });
    await h.clock.advance(300);
    const error = { code: 'ERR_CONNECT_TIMEOUT', timeoutMs: 300 };
    expect(h.emitted).toMatchObject([
      { type: 'attempt.started' },
      { type: 'attempt.failed', attempt: 0, epoch: 1, error, verdict: 'transient', connectMs: 300 },
      { type: 'retry.scheduled', attempt: 1, error, verdict: 'transient' },
    ]);
  });

  it.each(['stop', 'reconnect', 'suspend'] as const)(
    'of an attempt that %s has ended: attempt.aborted at the command, once',
    async (cause) => {
      const h = harness();
      await goTo(h, 'connecting.attempting');
      h.actor.send({ type: cause });
      const aborted = { type: 'attempt.aborted', attempt: 0, epoch: 1, cause };
      expect(h.emitted.at(-1)).toEqual(aborted);
      h.actor.send({ type: 'suspend' });
      h.actor.send({ type: 'resume' });
      h.actor.send({ type: 'stop' });
      await settle(h, () => h.script.connects[0]?.resolve());
      expect(toldTypes(h)).toEqual(['attempt.started', 'attempt.aborted', 'link.ended']);
    },
  );

  it.each([
    ['connect', () => [fatal(refused), refused, 'fatal']],
    ['connect', () => [new TypeError('x'), new TypeError('x'), 'permanent']],
  ] as const)(
    '%s that fails for good: attempt.failed, then link.ended, the last',
    async (_, make) => {
      const h = harness();
      const [thrown, error, verdict] = make();
      await settle(h, () => h.script.connects[0]?.reject(thrown));
      expect(h.emitted.slice(1)).toEqual([
        { type: 'attempt.failed', attempt: 0, epoch: 1, error, verdict, connectMs: 0 },
        { type: 'link.ended', output: { status: 'failed', error } },
      ]);
    },
  );

  it('have link.ended last, with the output, however the link ends', async () => {
    const ends: readonly (readonly [(h: ReturnType<typeof harness>) => void, object])[] = [
      [(h) => h.script.runs[0]?.resolve(Break(7)), { status: 'completed', value: 7 }],
      [(h) => h.script.runs[0]?.reject(fatal(refused)), { status: 'failed', error: refused }],
    ];
    for (const [end, output] of ends) {
      const h = harness();
      await goTo(h, 'running.settling');
      const seen: string[] = [];
      h.actor.on('link.ended', () => seen.push('link.ended'));
      h.actor.subscribe({ complete: () => seen.push('complete') });
      await settle(h, () => end(h));
      expect(h.emitted.at(-1)).toEqual({ type: 'link.ended', output });
      expect(h.actor.getSnapshot().output).toEqual(output);
      expect(seen).toEqual(['link.ended', 'complete']);
    }
    for (const broken of [Break('enough'), 'soon'] as never[]) {
      const h = harness({ retryDelay: true });
      await goTo(h, 'waiting.deciding');
      await settle(h, () => h.script.retryDelays[0]?.resolve(broken));
      expect(toldTypes(h).slice(-2)).toEqual(['attempt.failed', 'link.ended']);
    }
  });

  it.each(places)('of an orderly stop in %s carry no error', async (place) => {
    const h = harness({ ...everywhere, failFast: 'never' });
    await goTo(h, place);
    const before = h.emitted.length;
    h.actor.send({ type: 'stop' });
    await settle(h, () => {
      for (const call of [...h.script.connects, ...h.script.runs]) {
        if (!call.isSettled) call.reject(call.argument.signal.reason);
      }
    });
    expect(h.state()).toBe('stopped');
    for (const event of h.emitted.slice(before)) expect(event).not.toHaveProperty('error');
    expect(h.emitted.at(-1)).toEqual({ type: 'link.ended', output: { status: 'stopped' } });
  });

  it('name what run threw in connection.closing when the release lasts', async () => {
    const h = harness();
    h.script.connector.disconnect = () => new Promise(() => {});
    await goTo(h, 'running.settling');
    await settle(h, () => h.script.runs[0]?.reject(fatal(refused)));
    expect(h.state()).toBe('running.closing');
    expect(h.actor.getSnapshot().hasTag('online')).toBe(false);
    expect(h.emitted.at(-1)).toEqual({
      type: 'connection.closing',
      epoch: 1,
      cause: 'settled',
      error: refused,
      upMs: 0,
    });
    await h.clock.advance(5000);
    expect(told(h, 'connection.closed')).toMatchObject([{ cause: 'fatal', error: refused }]);
  });

  it('are those of the list, and each was seen', async () => {
    const seen = new Set<string>();
    for (const place of places) {
      const h = harness(everywhere);
      h.actor.on('*', ({ type }) => void seen.add(type));
      await goTo(h, place);
      h.actor.send({ type: 'resume' });
      h.actor.send({ type: 'stop' });
      await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    }
    expect([...seen].toSorted()).toEqual(emittedTypes.toSorted());
  });
});

describe('a command that a listener sends', () => {
  it.each(emittedTypes)('as %s is told is heard, and the story stays whole', async (type) => {
    for (const command of ['stop', 'reconnect', 'suspend', 'resume'] as const) {
      const h = harness({ ...everywhere, gracePeriodMs: 100, stableAfterMs: 10 });
      const send = (next: ReconnectCommand['type']) => {
        if (h.actor.getSnapshot().status === 'active') h.actor.send({ type: next });
      };
      let times = 0;
      h.actor.on(type, () => {
        if (times++ === 0) send(command);
      });
      await goTo(h, 'waiting.delaying');
      await h.clock.advance(500);
      h.permits?.requests.at(-1)?.grant();
      await settle(h, () => h.script.connects.at(-1)?.resolve());
      await h.clock.advance(20);
      await settle(h, () => h.script.closes.at(-1)?.resolve());
      await h.clock.advance(200);
      for (const next of ['suspend', 'resume', 'stop'] as const) send(next);
      await h.clock.advance(200);
      expect(h.actor.getSnapshot().status).toBe('done');
      expect(toldTypes(h).at(-1)).toBe('link.ended');
      expect(h.script.live).toBe(0);
      for (const { outcomes } of h.permits?.permits ?? []) expect(outcomes).toHaveLength(1);
    }
  });
});

describe('the story that every harness checks', () => {
  const started = { type: 'attempt.started', attempt: 0, epoch: 1 } as const;
  const opened = {
    type: 'connection.opened',
    attempt: 0,
    epoch: 1,
    connectMs: 0,
    queuedMs: 0,
    downMs: 0,
  } as const;
  const closing = { type: 'connection.closing', epoch: 1, cause: 'stop', upMs: 5 } as const;
  const closed = { ...closing, type: 'connection.closed', isStable: false } as const;
  const stable = { type: 'connection.stable', epoch: 1 } as const;
  const aborted = { type: 'attempt.aborted', attempt: 0, epoch: 1, cause: 'stop' } as const;
  const ended = { type: 'link.ended', output: { status: 'stopped' } } as const;

  it.each<[string, ReconnectEmitted[], string | undefined]>([
    ['whole', [started, opened, stable, closing, { ...closed, isStable: true }, ended], undefined],
    ['a second start', [started, started], 'attempt.started was told while attempt'],
    ['two ends', [started, aborted, aborted], 'attempt.aborted was told while idle'],
    ['never closing', [started, opened, closed], 'connection.closed was told while online'],
    ['twice stable', [started, opened, stable, stable], 'connection.stable was told a second time'],
    ['another attempt', [started, { ...aborted, attempt: 1 }], 'with attempt 1 for 0'],
    ['another epoch', [started, opened, { ...closing, epoch: 2 }], 'with epoch 2 for 1'],
    ['a longer life', [started, opened, closing, { ...closed, upMs: 6 }], 'with upMs 6 for 5'],
    ['falsely stable', [started, opened, closing, { ...closed, isStable: true }], 'isStable true'],
    ['after the end', [ended, started], 'attempt.started was told while over'],
  ])('%s', (_, events, mistake) => {
    const story = new Story();
    for (const event of events) story.tell(event);
    if (mistake === undefined) story.check();
    else expect(() => story.check()).toThrow(mistake);
  });
});
