import { Break, createReconnectActor, fatal } from 'schmoozer';
import { createReconnectActor as createCompiled } from 'schmoozer/compiled';
import { createGroup, type HealthSource, healthOf } from 'schmoozer/group';
import { scriptedConnector, scriptedLimiter, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { groupHarness } from '../../../support/groupHarness.js';

const refused = Object.assign(new Error('refused by 10.0.0.1'), { code: 'ECONNREFUSED' });
const engines = { machine: createReconnectActor, compiled: createCompiled };

describe.each(Object.entries(engines))('healthOf links of the engine %s', (_engine, create) => {
  const start = (options = {}) => {
    const clock = virtualClock();
    const script = scriptedConnector();
    const link = create(script.connector, {
      clock,
      now: clock.now,
      random: () => 0.5,
      ...options,
    }).start() as HealthSource & { send(command: object): void; stop(): void };
    const settle = async (action: () => void) => {
      await clock.drain();
      action();
      await clock.drain();
    };
    return { clock, script, link, settle, health: () => healthOf({ a: link }).links['a'] };
  };

  it('says where each is, since when, and why', async () => {
    const { clock, script, settle, link, health } = start();
    await clock.advance(300);
    expect(health()).toEqual({ state: 'connecting', attempt: 0, epoch: 0, downMs: 300 });
    await settle(() => script.connects[0]?.reject(refused));
    expect(health()).toEqual({
      state: 'waiting',
      attempt: 1,
      epoch: 0,
      downMs: 300,
      retryInMs: 1050,
      error: { name: 'Error', message: 'refused by 10.0.0.1', code: 'ECONNREFUSED' },
    });
    await clock.advance(1050);
    await settle(() => script.connects[1]?.resolve());
    await clock.advance(40);
    expect(health()).toEqual({ state: 'online', attempt: 1, epoch: 1, upMs: 40 });
    await clock.advance(9960);
    expect(health()).toEqual({ state: 'online', attempt: 0, epoch: 1, upMs: 10_000 });
    link.send({ type: 'suspend' });
    expect(health()).toMatchObject({ state: 'closing', downMs: 0 });
    await settle(() => script.runs[0]?.resolve(Break()));
    expect(health()).toMatchObject({ state: 'completed' });
    expect(health()).not.toHaveProperty('downMs');
    expect(healthOf({ a: link })).toMatchObject({ status: 'up', total: 1 });
  });

  it('leaves out a wait without an end', async () => {
    const { script, settle, health, link } = start({ backoff: () => Infinity });
    await settle(() => script.connects[0]?.reject(refused));
    expect(health()).toEqual({
      state: 'waiting',
      attempt: 1,
      epoch: 0,
      downMs: 0,
      error: { name: 'Error', message: 'refused by 10.0.0.1', code: 'ECONNREFUSED' },
    });
    link.send({ type: 'suspend' });
    expect(health()?.state).toBe('suspended');
    link.send({ type: 'stop' });
    expect(health()).toEqual({ state: 'stopped', attempt: 1, epoch: 0 });
  });

  it('names what failed for good, what is queued and what was stopped as an actor', async () => {
    const failed = start();
    await failed.settle(() => failed.script.connects[0]?.reject(fatal('a bare text')));
    expect(failed.health()).toEqual({
      state: 'failed',
      attempt: 0,
      epoch: 0,
      error: { name: 'string', message: 'string was thrown' },
    });
    const queued = start({ limiter: scriptedLimiter().limiter });
    await queued.clock.drain();
    expect(queued.health()?.state).toBe('queued');
    queued.link.stop();
    expect(queued.health()?.state).toBe('stopped');
  });

  it('counts, lists what should be online first, and is up, degraded or down', async () => {
    const links = Array.from({ length: 4 }, () => start());
    const all = new Map(links.map(({ link }, i) => [`l${i}`, link]));
    const open = (i: number) => links[i]?.settle(() => links[i]?.script.connects[0]?.resolve());
    expect(healthOf(all).status).toBe('down');
    await open(0);
    await open(1);
    await open(3);
    const { status, total, states, links: listed } = healthOf(all, { maxLinks: 2 });
    expect({ status, total }).toEqual({ status: 'degraded', total: 4 });
    expect(states).toMatchObject({ online: 3, connecting: 1, failed: 0 });
    expect(Object.keys(listed)).toEqual(['l2', 'l0']);
    await open(2);
    expect(healthOf(all).status).toBe('up');
    expect(Object.keys(healthOf(all, { maxLinks: 0 }).links)).toEqual([]);
    expect(Object.keys(healthOf(all).links)).toEqual(['l0', 'l1', 'l2', 'l3']);
  });

  it('lists what has failed first, then what is down the longest, then what is in order', async () => {
    const links = { up: start(), young: start(), old: start(), failed: start() };
    await links.up.settle(() => links.up.script.connects[0]?.resolve());
    await links.young.clock.advance(100);
    await links.old.clock.advance(200);
    await links.failed.settle(() => links.failed.script.connects[0]?.reject(fatal(refused)));
    const all = Object.fromEntries(Object.entries(links).map(([name, { link }]) => [name, link]));
    expect(Object.keys(healthOf(all).links)).toEqual(['failed', 'old', 'young', 'up']);
    expect(Object.keys(healthOf(all, { maxLinks: 1 }).links)).toEqual(['failed']);
  });

  it('rounds durations to whole milliseconds', async () => {
    const { clock, script, settle, health } = start({ backoff: () => 100 });
    await clock.advance(0.6);
    expect(health()).toMatchObject({ downMs: 1 });
    await settle(() => script.connects[0]?.reject(refused));
    await clock.advance(0.7);
    expect(health()).toMatchObject({ downMs: 1, retryInMs: 99 });
    await clock.advance(99.3);
    await settle(() => script.connects[1]?.resolve());
    await clock.advance(0.4);
    expect(health()).toMatchObject({ upMs: 0 });
  });

  it('is plain data, whatever the names are', async () => {
    const { link } = start();
    const health = healthOf(new Map([['__proto__', link]]));
    expect(JSON.parse(JSON.stringify(health))).toEqual(health);
    expect(Object.keys(health.links)).toEqual(['__proto__']);
  });
});

describe('healthOf', () => {
  it('of nothing is up', () => {
    expect(healthOf({})).toMatchObject({ status: 'up', total: 0, links: {} });
  });

  it('says that an actor has failed by itself', () => {
    const link = createReconnectActor(scriptedConnector().connector);
    const broken = { ...link.getSnapshot(), status: 'error', error: refused, hasTag: () => false };
    expect(healthOf({ a: { getSnapshot: () => broken } as never })).toMatchObject({
      status: 'down',
      links: { a: { state: 'failed', error: { code: 'ECONNREFUSED' } } },
    });
  });

  it.each<readonly [unknown, object | undefined, string]>([
    [undefined, undefined, '`links`'],
    [{ a: 7 }, undefined, '`links.a`'],
    [{ a: {} }, undefined, '`links.a.getSnapshot`'],
    [{}, { maxLinks: -1 }, '`maxLinks`'],
    [{}, { maxLinks: 1.5 }, '`maxLinks`'],
    [{}, { max: 1 }, '`max`'],
  ])('refuses %o with %o', (links, options, message) => {
    expect(() => healthOf(links as never, options as never)).toThrow(message);
  });
});

describe('the health of a group', () => {
  it('is that of its links', async () => {
    const { group, add, settle, clock } = groupHarness({ staggerMs: 0 });
    const scripts = [await add('a'), await add('b'), await add('c'), await add('d', false)];
    await settle(() => scripts[0]?.runs[0]?.reject(refused));
    await clock.advance(500);
    group.get('c')?.send({ type: 'suspend' });
    const links = group.names.map((name) => [name, group.get(name) as never] as const);
    expect(group.health()).toEqual(healthOf(links));
    expect(group.health({ maxLinks: 1 })).toEqual(healthOf(links, { maxLinks: 1 }));
    expect(group.health().status).toBe('degraded');
  });

  it('has links that are pending, resting, failed and completed besides', async () => {
    const { group, add, settle } = groupHarness({ staggerMs: 10, restart: { intensity: 1 } });
    const script = await add('a');
    group.add('b', scriptedConnector().connector);
    await settle(() => script.runs[0]?.reject(fatal(refused)));
    expect(group.health()).toMatchObject({
      status: 'down',
      total: 2,
      states: { pending: 1, resting: 1 },
      links: {
        a: { state: 'resting', attempt: 0, epoch: 0, error: { code: 'ECONNREFUSED' } },
        b: { state: 'pending', attempt: 0, epoch: 0 },
      },
    });
    expect(group.health().links['b']).not.toHaveProperty('error');
    expect(() => group.health({ maxLinks: -1 })).toThrow('`maxLinks`');
  });

  it('counts what it has, through every change', async () => {
    const group = createGroup({ limiter: false });
    for (const name of ['a', 'b', 'c']) group.add(name, scriptedConnector().connector);
    void group.remove('b');
    expect(group.health()).toMatchObject({ total: 2, states: { connecting: 2, stopping: 0 } });
    await group.stop({ deadlineMs: 0 });
    expect(group.health()).toMatchObject({ total: 2, status: 'up', states: { stopped: 2 } });
  });
});
