import {
  type Backoff,
  constantBackoff,
  Continue,
  createReconnectActor,
  fatal,
  InvalidRetryDelayError,
  limitAttempts,
  resumeFrom,
  RetryLimitError,
} from 'schmoozer';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it, vi } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { harness, settle, toldTypes } from '../../support/harness.js';
import { embedded } from '../../support/engine.js';

describe('resumePoint', () => {
  it('goes on with the backoff level and the next session number', async () => {
    const clock = virtualClock();
    const connect = () => Promise.reject<object>(new Error('refused'));
    const connector = { connect, run: async () => Continue(), retryDelay: () => Continue(100) };
    const first = createReconnectActor(connector, {
      clock,
      backoff: constantBackoff(50),
      resumePoint: { attempt: 2, epoch: 7 },
    }).start();
    await clock.advance(50);
    const point = resumeFrom(JSON.parse(JSON.stringify(first.getPersistedSnapshot())));
    expect(point).toEqual({ attempt: 3, epoch: 7 });
    first.stop();
    const seen: object[] = [];
    const second = createReconnectActor(
      { ...connector, connect: async (attempt) => void seen.push(attempt) },
      { clock, backoff: constantBackoff(50), resumePoint: point },
    ).start();
    await clock.advance(49);
    expect(seen).toEqual([]);
    await clock.advance(1);
    expect(seen).toMatchObject([{ attempt: 3, epoch: 8 }]);
    second.stop();
  });

  it('with failed attempts begins with the wait of the last one, which the backoff alone decides', async () => {
    const seen: object[] = [];
    const backoff: Backoff = (failure) => {
      const { phase, error, attempt, previousDelayMs, hintMs, downMs, signal } = failure;
      seen.push({ phase, error, attempt, previousDelayMs, hintMs, downMs });
      expect(signal.aborted).toBe(false);
      return Continue(700);
    };
    const h = harness({ retryDelay: true, backoff, resumePoint: { attempt: 3, epoch: 7 } });
    expect(h.state()).toBe('waiting.delaying');
    expect(h.emitted).toEqual([{ type: 'retry.scheduled', attempt: 3, delayMs: 700 }]);
    expect(h.actor.getSnapshot().context).toMatchObject({ delayMs: 700, retryAtMs: 700 });
    await h.clock.advance(699);
    expect(h.script.connects).toEqual([]);
    await h.clock.advance(1);
    expect(h.script.connects[0]?.argument).toMatchObject({
      attempt: 3,
      epoch: 8,
      lastError: undefined,
    });
    expect(h.script.retryDelays).toEqual([]);
    const none = { error: undefined, hintMs: undefined, downMs: 0 };
    expect(seen).toEqual([{ phase: 'connect', attempt: 3, previousDelayMs: 0, ...none }]);
  });

  it('takes the next failure for one more, with the delay before it', async () => {
    const asked = vi.fn<Backoff>(() => Continue(700));
    const h = harness({ backoff: asked, resumePoint: { attempt: 3, epoch: 7 } });
    await h.clock.advance(700);
    await settle(h, () => h.script.connects[0]?.reject(new Error('refused')));
    expect(asked.mock.lastCall?.[0]).toMatchObject({
      attempt: 4,
      previousDelayMs: 700,
      downMs: 700,
    });
  });

  it.each([
    ['a backoff of 0', constantBackoff(0), { attempt: 1, epoch: 0 }, ['retry.scheduled']],
    ['no failed attempt', constantBackoff(700), { attempt: 0, epoch: 7 }, []],
    ['nothing', constantBackoff(700), undefined, []],
  ])('with %s connects at once', async (_, backoff, resumePoint, before) => {
    const h = harness({ backoff, ...(resumePoint && { resumePoint }) });
    await h.clock.drain();
    expect(h.state()).toBe('connecting.attempting');
    expect(toldTypes(h)).toEqual([...before, 'attempt.started']);
    expect(h.script.connects[0]?.argument).toMatchObject({
      attempt: resumePoint?.attempt ?? 0,
      epoch: (resumePoint?.epoch ?? 0) + 1,
    });
  });

  const enough = new Error('enough');
  it.each<[string, Backoff, unknown]>([
    ['gives up', limitAttempts(constantBackoff(700), 3), expect.any(RetryLimitError)],
    [
      'throws',
      () => {
        throw fatal(enough);
      },
      enough,
    ],
    [
      'answers what is no delay',
      () => Continue('soon' as never),
      new InvalidRetryDelayError('soon'),
    ],
  ])('with a backoff that %s fails at once, and calls nothing', async (_, backoff, error) => {
    const h = harness({ backoff, resumePoint: { attempt: 3, epoch: 7 } });
    const output = { status: 'failed', error };
    expect(h.actor.getSnapshot().output).toEqual(output);
    await h.clock.drain();
    expect(h.emitted).toEqual([{ type: 'link.ended', output }]);
    expect(h.script.connects).toEqual([]);
    expect(h.clock.pending).toEqual([]);
  });

  it('in the wait takes commands as any wait does', async () => {
    const resumePoint = { attempt: 3, epoch: 7 };
    for (const [type, state] of [
      ['reconnect', 'connecting.attempting'],
      ['suspend', 'waiting.suspended'],
      ['stop', 'stopped'],
    ] as const) {
      const h = harness({ resumePoint });
      h.actor.send({ type });
      expect(h.state()).toBe(state);
    }
  });

  it('a snapshot that went through a serializer says so when it is started', async () => {
    const clock = virtualClock();
    const actor = createReconnectActor(scriptedConnector().connector, { clock }).start();
    await clock.drain();
    const snapshot = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
    actor.stop();
    const restored = createActor(embedded, { snapshot, input: undefined as never });
    const errors: unknown[] = [];
    restored.subscribe({ error: (error) => void errors.push(error) });
    restored.start();
    expect(errors).toMatchObject([{ code: 'ERR_NOT_RESTORABLE' }]);
  });
});

describe('resumeFrom', () => {
  it.each<[string, object]>([
    ['of a parent', createActor(createMachine({})).getPersistedSnapshot()],
    ['without a context', { status: 'active' }],
    ['of another context', { context: { attempt: 'one', epoch: 0 } }],
  ])('refuses a snapshot %s', (_, snapshot) => {
    expect(() => resumeFrom(snapshot)).toThrow(/^`resumePoint.attempt` must be an integer >= 0/);
  });
});
