import { Break, fatal } from 'schmoozer';
import { type ScriptedConnector, scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { healthOf } from '../../examples/supervisor/endpoint.js';
import { type SupervisorEmitted, supervisorOf } from '../../examples/supervisor/supervisor.js';
import { statePath } from '../support/harness.js';

const refused = new Error('401');
const facts = { name: 'Error', message: '401' };
const restart = { maxRestarts: 3, withinMs: 60_000, delayMs: 1000 };

function supervise(count: number) {
  const clock = virtualClock();
  const scripts: Record<string, ScriptedConnector> = {};
  for (let i = 1; i <= count; i++) scripts[`e${i}`] = scriptedConnector();
  const script = (name: string) => scripts[name] as ScriptedConnector;
  const names = Object.keys(scripts);
  const machine = supervisorOf({ connect: (name) => script(name).connector, now: clock.now });
  const supervisor = createActor(machine, { clock, input: { names, restart } });
  const emitted: SupervisorEmitted[] = [];
  supervisor.on('health', (event) => void emitted.push(event));
  supervisor.start();
  const settle = async (action: () => void) => {
    await clock.drain();
    action();
    await clock.drain();
  };
  return {
    /** The same supervisor in its next life. */
    restore(keep: (snapshot: unknown) => unknown) {
      const snapshot = keep(supervisor.getPersistedSnapshot()) as never;
      supervisor.stop();
      const next = createActor(machine, { clock, snapshot, input: undefined as never });
      next.start();
      return {
        supervisor: next,
        state: () => statePath(next.getSnapshot().value),
        endpoint: (name: string) => next.getSnapshot().context.endpoints[name],
      };
    },
    supervisor,
    clock,
    emitted,
    settle,
    names,
    script,
    state: () => statePath(supervisor.getSnapshot().value),
    health: () => healthOf(supervisor.getSnapshot().context.endpoints),
    endpoint: (name: string) => supervisor.getSnapshot().context.endpoints[name],
    live: () => names.reduce((sum, name) => sum + script(name).live, 0),
    open: (...which: string[]) =>
      settle(() => which.forEach((name) => script(name).connects.at(-1)?.resolve())),
    fail: (name: string) => settle(() => script(name).connects.at(-1)?.reject(fatal(refused))),
  };
}

describe('the supervisor', () => {
  it('starts a link for each endpoint, and says how many are online', async () => {
    const s = supervise(3);
    expect(s.state()).toBe('supervising.down');
    await s.open('e1');
    expect(s.state()).toBe('supervising.degraded');
    await s.open('e2', 'e3');
    expect(s.state()).toBe('supervising.healthy');
    expect(s.health()).toEqual({ total: 3, online: 3, down: 0 });
    expect(s.emitted.map(({ online }) => online)).toEqual([1, 2, 3]);
  });

  it('is degraded while a link reconnects by itself: that is no restart', async () => {
    const s = supervise(2);
    await s.open('e1', 'e2');
    await s.settle(() => s.script('e1').runs[0]?.reject(new Error('reset')));
    expect(s.state()).toBe('supervising.degraded');
    expect(s.endpoint('e1')).toMatchObject({ status: 'offline', restartsMs: [] });
    await s.clock.advance(30_000);
    await s.open('e1');
    expect(s.state()).toBe('supervising.healthy');
  });

  it('restarts a failed link alone, after delayMs, with a new actor', async () => {
    const s = supervise(2);
    await s.open('e1', 'e2');
    const [one, two] = ['e1', 'e2'].map((name) => s.endpoint(name)?.link);
    await s.settle(() => s.script('e1').runs[0]?.reject(fatal(refused)));
    expect(s.endpoint('e1')).toMatchObject({ status: 'resting', link: undefined, error: facts });
    await s.clock.advance(999);
    expect(s.script('e1').connects).toHaveLength(1);
    await s.clock.advance(1);
    await s.open('e1');
    expect(s.endpoint('e1')).toMatchObject({ status: 'online', restartsMs: [1000] });
    expect(s.endpoint('e1')?.link).not.toBe(one);
    expect(s.endpoint('e2')?.link).toBe(two);
    expect(s.script('e2').connects).toHaveLength(1);
  });

  it('takes an endpoint down at the failure after 3 restarts within 60 000 ms', async () => {
    const s = supervise(2);
    await s.open('e2');
    for (let i = 0; i < 3; i++) {
      await s.fail('e1');
      await s.clock.advance(1000);
    }
    expect(s.endpoint('e1')?.restartsMs).toEqual([1000, 2000, 3000]);
    await s.fail('e1');
    expect(s.endpoint('e1')).toMatchObject({ status: 'down', error: facts });
    expect(s.health()).toEqual({ total: 2, online: 1, down: 1 });
    await s.clock.advance(1_000_000);
    expect(s.script('e1').connects).toHaveLength(4);
    expect(s.state()).toBe('supervising.degraded');
  });

  it('forgets a restart when it is 60 000 ms old', async () => {
    for (const [passedMs, status] of [
      [57_999, 'down'],
      [58_000, 'resting'],
    ] as const) {
      const s = supervise(1);
      for (let i = 0; i < 3; i++) {
        await s.fail('e1');
        await s.clock.advance(1000);
      }
      await s.open('e1');
      // The first restart was at 1000 ms, and it is 3000 ms now.
      await s.clock.advance(passedMs);
      await s.settle(() => s.script('e1').runs[0]?.reject(fatal(refused)));
      expect(s.endpoint('e1')?.status).toBe(status);
    }
  });

  it('gives an endpoint that is down a clean record by `restart`, and others nothing', async () => {
    const s = supervise(2);
    await s.open('e2');
    for (let i = 0; i < 4; i++) {
      await s.fail('e1');
      await s.clock.advance(1000);
    }
    s.supervisor.send({ type: 'restart', name: 'e2' });
    s.supervisor.send({ type: 'restart', name: 'nobody' });
    s.supervisor.send({ type: 'restart', name: 'e1' });
    await s.open('e1');
    expect(s.state()).toBe('supervising.healthy');
    expect(s.endpoint('e1')).toMatchObject({ restartsMs: [], error: undefined });
    expect(s.script('e2').connects).toHaveLength(1);
  });

  it('takes an endpoint down whose options are wrong: a restart would not mend them', () => {
    const clock = virtualClock();
    const machine = supervisorOf({ connect: () => ({ connect: 'no' }) as never, now: clock.now });
    const supervisor = createActor(machine, { clock, input: { names: ['e1'], restart } }).start();
    const { endpoints } = supervisor.getSnapshot().context;
    expect(endpoints['e1']).toMatchObject({
      status: 'down',
      error: { name: 'InvalidOptionError', message: expect.stringContaining('connector.connect') },
    });
    supervisor.send({ type: 'stop' });
    expect(supervisor.getSnapshot().status).toBe('done');
  });

  it('does without an endpoint that has ended as it should, and ends with the last', async () => {
    const s = supervise(2);
    await s.open('e1', 'e2');
    await s.settle(() => s.script('e1').runs[0]?.resolve(Break('done')));
    expect(s.health()).toEqual({ total: 1, online: 1, down: 0 });
    expect(s.state()).toBe('supervising.healthy');
    await s.settle(() => s.script('e2').runs[0]?.resolve(Break('done')));
    expect(s.supervisor.getSnapshot().status).toBe('done');
    expect(s.clock.pending).toEqual([]);
  });
});

describe('the supervisor, kept and restored', () => {
  describe.each([
    ['as JSON', (snapshot: unknown): unknown => JSON.parse(JSON.stringify(snapshot))],
    ['as it is', (snapshot: unknown) => snapshot],
  ])('%s', (_, keep) => {
    it('goes on with each endpoint: online, resting, down, ended', async () => {
      const s = supervise(4);
      for (let i = 0; i < 3; i++) {
        await s.fail('e3');
        await s.clock.advance(1000);
      }
      await s.fail('e3');
      await s.open('e1', 'e4');
      await s.fail('e2');
      await s.settle(() => s.script('e4').runs[0]?.resolve(Break('done')));
      const statuses = () => s.names.map((name) => restored.endpoint(name)?.status);
      const restored = { ...s, ...s.restore(keep) };
      expect(statuses()).toEqual(['offline', 'resting', 'down', 'ended']);
      expect(restored.state()).toBe('supervising.down');
      await s.clock.advance(999);
      expect(s.script('e2').connects).toHaveLength(1);
      await s.clock.advance(1);
      await s.open('e1', 'e2');
      expect(statuses()).toEqual(['online', 'online', 'down', 'ended']);
      expect(s.script('e1').connects.at(-1)?.argument).toMatchObject({ epoch: 2 });
      restored.supervisor.send({ type: 'restart', name: 'e3' });
      await s.open('e3');
      expect(restored.state()).toBe('supervising.healthy');
      expect(s.live()).toBe(3);
      restored.supervisor.send({ type: 'stop' });
      for (const name of ['e1', 'e2', 'e3']) {
        await s.settle(() => s.script(name).runs.at(-1)?.resolve(Break('bye')));
      }
      expect(restored.supervisor.getSnapshot()).toMatchObject({ status: 'done', value: 'stopped' });
      expect([s.live(), s.clock.pending]).toEqual([0, []]);
    });

    it('ends what was stopping', async () => {
      const s = supervise(2);
      await s.open('e1');
      s.supervisor.send({ type: 'stop' });
      const { supervisor } = s.restore(keep);
      await s.clock.drain();
      expect(supervisor.getSnapshot()).toMatchObject({ status: 'done', value: 'stopped' });
      expect([s.live(), s.clock.pending]).toEqual([0, []]);
    });
  });
});

describe('100 endpoints', () => {
  it('come and go, each by itself', async () => {
    const s = supervise(100);
    await s.open(...s.names);
    expect(s.state()).toBe('supervising.healthy');
    const tenth = s.names.filter((_, i) => i % 10 === 0);
    await s.settle(() => {
      for (const name of tenth) s.script(name).runs[0]?.reject(fatal(refused));
    });
    expect(s.health()).toEqual({ total: 100, online: 90, down: 0 });
    await s.clock.advance(1000);
    await s.open(...tenth);
    expect(s.health()).toEqual({ total: 100, online: 100, down: 0 });
    expect(s.live()).toBe(100);
  });

  it('are drained by a stop: it is over when the last one is released', async () => {
    const s = supervise(100);
    await s.open(...s.names.slice(0, 98));
    await s.fail('e99');
    s.supervisor.send({ type: 'stop' });
    expect(s.state()).toBe('stopping');
    await s.settle(() => s.script('e100').connects[0]?.reject(refused));
    for (const name of s.names.slice(0, 98)) {
      expect(s.script(name).runs[0]?.argument.signal.aborted).toBe(true);
      expect(s.supervisor.getSnapshot().status).toBe('active');
      await s.settle(() => s.script(name).runs[0]?.resolve(Break('bye')));
    }
    expect(s.supervisor.getSnapshot()).toMatchObject({ status: 'done', value: 'stopped' });
    expect(s.live()).toBe(0);
    expect(s.clock.pending).toEqual([]);
  });

  it('are released when the supervisor itself is stopped', async () => {
    const s = supervise(100);
    await s.open(...s.names);
    s.supervisor.stop();
    expect(s.live()).toBe(0);
    expect(s.clock.pending).toEqual([]);
  });
});
