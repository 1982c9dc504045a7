import { Continue, SuspendRequested } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { goTo, type Harness, harness, settle, told, toldTypes } from '../../support/harness.js';

const DAY = 86_400_000;

describe('suspend', () => {
  it('drops the session, then waits without a timer until resume, which connects at once', async () => {
    const h = harness();
    await goTo(h, 'running.stable');
    h.actor.send({ type: 'suspend', reason: 'lid closed' });
    const [run] = h.script.runs;
    expect(run?.argument.signal.reason).toBeInstanceOf(SuspendRequested);
    expect(run?.argument.signal.reason).toMatchObject({
      code: 'ERR_SUSPEND_REQUESTED',
      reason: 'lid closed',
    });
    expect(told(h, 'link.suspended')).toEqual([]);
    await settle(h, () => run?.reject(run.argument.signal.reason));
    expect(h.state()).toBe('waiting.suspended');
    expect(h.script.live).toBe(0);
    expect(h.clock.pending).toEqual([]);
    await h.clock.advance(DAY);
    expect(h.script.connects).toHaveLength(1);
    h.actor.send({ type: 'resume' });
    expect(h.state()).toBe('connecting.attempting');
    await h.clock.drain();
    expect(h.script.connects[1]?.argument).toMatchObject({ attempt: 0, epoch: 2 });
    expect(h.emitted.slice(3)).toEqual([
      { type: 'connection.closing', epoch: 1, cause: 'suspend', upMs: 10_000 },
      { type: 'connection.closed', epoch: 1, cause: 'suspend', upMs: 10_000, isStable: true },
      { type: 'link.suspended' },
      { type: 'link.resumed' },
      { type: 'attempt.started', attempt: 0, epoch: 2 },
    ]);
  });

  it('in a wait keeps the attempt; resume skips what was left of it', async () => {
    const h = harness();
    await settle(h, () => h.script.connects[0]?.reject(new Error('refused')));
    await h.clock.advance(999);
    h.actor.send({ type: 'suspend' });
    expect(h.state()).toBe('waiting.suspended');
    await h.clock.advance(DAY);
    expect(h.script.connects).toHaveLength(1);
    h.actor.send({ type: 'resume' });
    await h.clock.drain();
    expect(h.script.connects[1]?.argument).toMatchObject({ attempt: 1, epoch: 1 });
    expect(toldTypes(h).slice(2)).toEqual([
      'retry.scheduled',
      'link.suspended',
      'link.resumed',
      'attempt.started',
    ]);
  });

  it('while retryDelay decides tells it so, and its answer no longer counts', async () => {
    const h = harness({ retryDelay: true });
    await goTo(h, 'waiting.deciding');
    const signal = h.script.retryDelays[0]?.argument.signal;
    h.actor.send({ type: 'suspend', reason: 'lid closed' });
    expect(signal?.reason).toMatchObject({ code: 'ERR_SUSPEND_REQUESTED', reason: 'lid closed' });
    await settle(h, () => h.script.retryDelays[0]?.resolve(Continue(0)));
    expect(h.state()).toBe('waiting.suspended');
  });

  it.each(['resume', 'reconnect', 'suspend', 'stop'] as const)(
    'in the same breath as the start calls no connect; then %s',
    async (type) => {
      const h = harness();
      h.actor.send({ type: 'suspend' });
      expect(h.state()).toBe('waiting.suspended');
      await h.clock.drain();
      expect(toldTypes(h)).toEqual(['link.suspended']);
      h.actor.send({ type });
      await h.clock.drain();
      expect(h.script.connects).toHaveLength(type === 'resume' ? 1 : 0);
      expect(h.clock.pending).toEqual(type === 'resume' ? [20_000] : []);
    },
  );

  it('a session that outlives its grace period is left, and told as that', async () => {
    const h = harness({ gracePeriodMs: 3000 });
    await goTo(h, 'running.suspending');
    await h.clock.advance(2999);
    expect(h.state()).toBe('running.suspending');
    await h.clock.advance(1);
    expect(h.state()).toBe('waiting.suspended');
    expect(told(h, 'connection.closed')).toMatchObject([
      { cause: 'suspend', error: { code: 'ERR_GRACE_PERIOD' } },
    ]);
    expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
  });

  it.each([
    ['connecting.suspending', 'connecting.restarting'],
    ['running.suspending', 'running.reconnecting'],
  ] as const)(
    'taken back in %s leads to a fresh attempt, and nothing was suspended',
    async (place, next) => {
      const h = harness();
      await goTo(h, place);
      h.actor.send({ type: 'resume' });
      expect(h.state()).toBe(next);
      const call = h.script.runs[0] ?? h.script.connects[0];
      await settle(h, () => call?.reject(call.argument.signal.reason));
      expect(h.state()).toBe('connecting.attempting');
      expect(h.script.connects).toHaveLength(2);
      expect(told(h, 'link.suspended')).toEqual([]);
      expect(told(h, 'link.resumed')).toEqual([]);
    },
  );

  it('makes no attempt, whatever else settles meanwhile', async () => {
    const late: ((h: Harness) => void)[] = [
      (h) => h.script.connects[0]?.resolve(),
      (h) => h.script.connects[0]?.reject(new Error('refused')),
    ];
    for (const settleLate of late) {
      const h = harness();
      await goTo(h, 'connecting.suspending');
      await h.clock.advance(5000);
      await settle(h, () => settleLate(h));
      await h.clock.advance(DAY);
      expect(h.state()).toBe('waiting.suspended');
      expect(h.script.connects).toHaveLength(1);
      expect(h.script.live).toBe(0);
    }
  });

  it('stop ends a suspension: link.ended follows, not link.resumed', async () => {
    const h = harness({ retryDelay: true });
    await goTo(h, 'waiting.suspended');
    h.actor.send({ type: 'stop' });
    expect(toldTypes(h).slice(-2)).toEqual(['link.suspended', 'link.ended']);
  });
});
