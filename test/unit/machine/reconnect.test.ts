import { Break, Continue, fatal, ReconnectRequested } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { goTo, harness, settle, told } from '../../support/harness.js';

describe('reconnect', () => {
  it('in running drops the session, then connects at once without a failure', async () => {
    const h = harness();
    await goTo(h, 'running.settling');
    h.actor.send({ type: 'reconnect', reason: 'new network' });
    const [run] = h.script.runs;
    expect(run?.argument.signal.reason).toBeInstanceOf(ReconnectRequested);
    expect(run?.argument.signal.reason).toMatchObject({ reason: 'new network' });
    await settle(h, () => run?.reject(run.argument.signal.reason));
    expect(h.state()).toBe('connecting.attempting');
    expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
    expect(h.actor.getSnapshot().context).toMatchObject({ attempt: 0, epoch: 1 });
    expect(h.script.connects[1]?.argument).toMatchObject({ attempt: 0, epoch: 2 });
    expect(h.emitted.slice(2)).toEqual([
      { type: 'connection.closing', epoch: 1, cause: 'reconnect', upMs: 0 },
      { type: 'connection.closed', epoch: 1, cause: 'reconnect', upMs: 0, isStable: false },
      { type: 'attempt.started', attempt: 0, epoch: 2 },
    ]);
  });

  it('before `connect` is called is ignored', async () => {
    const h = harness();
    h.actor.send({ type: 'reconnect' });
    await h.clock.drain();
    expect(h.state()).toBe('connecting.attempting');
    expect(h.script.connects).toHaveLength(1);
  });

  it('in waiting.delaying skips the wait and keeps the attempt', async () => {
    const h = harness({ retryDelay: true });
    await goTo(h, 'waiting.delaying');
    h.actor.send({ type: 'reconnect' });
    await h.clock.drain();
    expect(h.script.connects[1]?.argument).toMatchObject({ attempt: 1, epoch: 1 });
    expect(h.clock.pending).toEqual([20_000]);
  });

  it('in waiting.deciding skips the question and tells retryDelay so', async () => {
    const h = harness({ retryDelay: true });
    await goTo(h, 'waiting.deciding');
    const signal = h.script.retryDelays[0]?.argument.signal;
    h.actor.send({ type: 'reconnect' });
    expect(h.state()).toBe('connecting.attempting');
    expect(signal?.reason).toBeInstanceOf(ReconnectRequested);
    await settle(h, () => h.script.retryDelays[0]?.resolve(Break('too late')));
    expect(h.state()).toBe('connecting.attempting');
  });

  it('a second one while reconnecting changes nothing', async () => {
    const h = harness();
    await goTo(h, 'running.reconnecting');
    const before = h.actor.getSnapshot();
    h.actor.send({ type: 'reconnect' });
    expect(h.actor.getSnapshot().value).toEqual(before.value);
    expect(h.clock.pending).toEqual([5000]);
  });

  it('is forgotten in the next session, which ends in its own way', async () => {
    const h = harness();
    await goTo(h, 'running.reconnecting');
    const reason: unknown = h.script.runs[0]?.argument.signal.reason;
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await settle(h, () => h.script.connects[1]?.resolve());
    await settle(h, () => h.script.runs[1]?.reject(reason));
    expect(told(h, 'connection.closed')).toMatchObject([
      { epoch: 1, cause: 'reconnect' },
      { epoch: 2, cause: 'retryable', error: reason },
    ]);
  });

  it('stop wins while reconnecting', async () => {
    const h = harness();
    await goTo(h, 'running.reconnecting');
    h.actor.send({ type: 'stop', reason: 'night' });
    expect(h.state()).toBe('running.stopping');
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(h.actor.getSnapshot().output).toEqual({ status: 'stopped', reason: 'night' });
    expect(h.script.connects).toHaveLength(1);
  });

  it('a Break that comes while reconnecting ends the loop with its value', async () => {
    const h = harness();
    await goTo(h, 'running.reconnecting');
    await settle(h, () => h.script.runs[0]?.resolve(Break('result')));
    expect(h.actor.getSnapshot().output).toEqual({ status: 'completed', value: 'result' });
    expect(told(h, 'connection.closed')).toMatchObject([{ cause: 'break' }]);
  });

  it('a fatal error that comes while reconnecting ends the loop with it', async () => {
    const h = harness();
    await goTo(h, 'running.reconnecting');
    const error = new Error('revoked');
    await settle(h, () => h.script.runs[0]?.reject(fatal(error)));
    expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error });
    expect(told(h, 'connection.closed')).toMatchObject([{ cause: 'fatal', error }]);
  });

  it('the reason of the abort is never fatal, whatever isRetryable says', async () => {
    const h = harness();
    Object.assign(h.script.connector, { isRetryable: () => false });
    await goTo(h, 'running.reconnecting');
    const [run] = h.script.runs;
    await settle(h, () => run?.reject(run.argument.signal.reason));
    expect(h.state()).toBe('connecting.attempting');
  });
});
