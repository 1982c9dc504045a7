import { constantBackoff, fatal, InvalidOptionError, limitAttempts } from 'schmoozer';
import { createGroup } from 'schmoozer/group';
import { scriptedConnector, scriptedLimiter } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { groupHarness as make } from '../../../support/groupHarness.js';

const refused = new Error('401');

describe('createGroup', () => {
  it.each<readonly [object, string]>([
    [{ staggerMs: -1 }, '`staggerMs`'],
    [{ staggerMs: NaN }, '`staggerMs`'],
    [{ staggerMs: 2 ** 31 }, '`staggerMs`'],
    [{ limiter: {} }, '`limiter.tryAcquire`'],
    [{ limiter: true }, '`limiter`'],
    [{ clock: {} }, '`clock.setTimeout`'],
    [{ logger: 1 }, '`logger`'],
    [{ now: 1 }, '`now`'],
    [{ connectTimeoutMs: 0 }, '`connectTimeoutMs`'],
    [{ resumePoint: { attempt: 0, epoch: 0 } }, '`resumePoint`'],
    [{ restart: 3 }, '`restart`'],
    [{ restart: { intensity: -1 } }, '`restart.intensity`'],
    [{ restart: { intensity: 1.5 } }, '`restart.intensity`'],
    [{ restart: { periodMs: 0 } }, '`restart.periodMs`'],
    [{ restart: { delayMs: Infinity } }, '`restart.delayMs`'],
    [{ restart: { scope: 'all' } }, '`restart.scope`'],
    [{ restart: { maxRestarts: 3 } }, '`restart.maxRestarts`'],
    [{ stagger: 1 }, 'the nearest is `staggerMs`'],
  ])('refuses %o', (options, message) => {
    expect(() => createGroup(options)).toThrow(InvalidOptionError);
    expect(() => createGroup(options)).toThrow(message);
  });

  it('takes null for what has a default, and needs no options', () => {
    createGroup();
    createGroup({ limiter: null, staggerMs: null, restart: null, clock: null, now: null } as never);
  });
});

describe('add', () => {
  it('starts a link at once, and tells of it with its name', async () => {
    const { group, add, told, states } = make();
    await add('a');
    expect(told()).toEqual(['a: link.added', 'a: attempt.started', 'a: connection.opened']);
    expect(states()).toEqual({ online: 1 });
    expect(group.names).toEqual(['a']);
    expect(group.size).toBe(1);
    expect(group.get('a')?.getSnapshot().hasTag('online')).toBe(true);
  });

  it('gives the link its name as `id`; links of the same name differ in their `sessionId`', async () => {
    const [one, two] = [make(), make()];
    await Promise.all([one.add('a'), two.add('a')]);
    const [a, b] = [one.group.get('a'), two.group.get('a')] as unknown as {
      sessionId: string;
      id: string;
    }[];
    expect([a?.id, b?.id]).toEqual(['a', 'a']);
    expect(a?.sessionId).toMatch(/^link:\d+$/);
    expect(a?.sessionId).not.toBe(b?.sessionId);
  });

  it('refuses a name that is there, and changes nothing', async () => {
    const { group, add, told } = make();
    await add('a');
    told();
    expect(() => group.add('a', scriptedConnector().connector)).toThrow(
      '`name` must be free in this group; received "a"',
    );
    expect(group.size).toBe(1);
    expect(told()).toEqual([]);
  });

  it.each<readonly [string, unknown[], string]>([
    ['a name that is no text', [7, {}], '`name`'],
    ['no connector', ['a', undefined], '`connector`'],
    ['a connector without `run`', ['a', { connect: async () => {} }], '`connector.run`'],
    ['options that are none', ['a', scriptedConnector().connector, 3], '`options`'],
    ['an option that is none', ['a', () => {}, { prioriti: 1 }], '`priority`'],
    ['a limiter of its own', ['a', () => {}, { limiter: scriptedLimiter().limiter }], '`limiter`'],
    ['an option out of bounds', ['a', () => {}, { priority: NaN }], '`priority`'],
    ['a resume point that is none', ['a', () => {}, { resumePoint: { epoch: -1 } }], 'resumePoint'],
  ])('refuses %s', (_what, args, message) => {
    const { group, told } = make();
    const call = () => (group.add as (...args: unknown[]) => void)(...args);
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(message);
    expect(group.size).toBe(0);
    expect(told()).toEqual([]);
  });

  it('gives each link the options of the group, and its own before them', async () => {
    const { group, clock } = make({ connectTimeoutMs: 70 });
    const scripts = [scriptedConnector(), scriptedConnector()] as const;
    group.add('a', scripts[0].connector);
    group.add('b', scripts[1].connector, { connectTimeoutMs: 30 });
    await clock.drain();
    expect(clock.pending).toEqual([30, 70]);
  });

  it('resumes where another process left off, once', async () => {
    const { group, clock, settle } = make({ restart: { delayMs: 500 } });
    const script = scriptedConnector();
    group.add('a', script.connector, { resumePoint: { attempt: 2, epoch: 7 } });
    await clock.drain();
    expect(clock.pending).toEqual([1000]);
    await clock.advance(1000);
    expect(script.connects[0]?.argument).toMatchObject({ attempt: 2, epoch: 8 });
    await settle(() => script.connects[0]?.reject(fatal(refused)));
    await clock.advance(500);
    expect(script.connects[1]?.argument).toMatchObject({ attempt: 0, epoch: 1 });
  });

  it('takes a link that is over before it has begun for one that has failed', async () => {
    const { group, clock, told, states } = make({ backoff: limitAttempts(constantBackoff(1), 3) });
    const script = scriptedConnector();
    group.add('a', script.connector, { resumePoint: { attempt: 3, epoch: 0 } });
    expect(told()).toEqual(['a: link.added', 'a: link.ended', 'a: restart.scheduled']);
    await clock.advance(1000);
    expect(script.connects).toHaveLength(1);
    expect(states()).toEqual({ connecting: 1 });
  });

  it('has one limiter for all links, which goes by their priority', async () => {
    const { limiter, requests } = scriptedLimiter();
    const { group, clock, states } = make({ limiter });
    group.add('a', scriptedConnector().connector, { priority: 1, limiterKey: 'k' });
    group.add('b', scriptedConnector().connector);
    await clock.drain();
    expect(requests.map(({ request: { key, priority } }) => [key, priority])).toEqual([
      ['k', 1],
      ['', 0],
    ]);
    expect(states()).toEqual({ queued: 2 });
  });

  it('makes a limiter of its own, on its clock', async () => {
    const { group, clock, states } = make({ limiter: undefined as never });
    for (let i = 0; i < 5; i++) group.add(`${i}`, scriptedConnector().connector);
    await clock.drain();
    expect(states()).toEqual({ connecting: 2, queued: 3 });
    await clock.advance(250);
    expect(states()).toEqual({ connecting: 3, queued: 2 });
  });
});

describe('a function that makes the connector', () => {
  it('is called for each start', async () => {
    const { group, clock, settle } = make();
    const scripts: ReturnType<typeof scriptedConnector>[] = [];
    group.add('a', () => {
      const script = scriptedConnector();
      scripts.push(script);
      return script.connector;
    });
    await settle(() => scripts[0]?.connects[0]?.reject(fatal(refused)));
    await clock.advance(1000);
    expect(scripts).toHaveLength(2);
    expect(scripts[1]?.connects).toHaveLength(1);
  });

  it.each([
    [
      'throws',
      () => {
        throw refused;
      },
      refused.message,
    ],
    ['answers with none', () => ({}) as never, '`connector.connect`'],
    ['answers later', (() => Promise.resolve({})) as never, '`connector.connect`'],
  ])(
    'that %s is a failure of the link, restarted and given up like any other',
    async (_, source, message) => {
      const { group, clock, told, events, states } = make({ restart: { intensity: 1 } });
      group.add('a', source as never);
      expect(states()).toEqual({ resting: 1 });
      const [, scheduled] = events;
      expect(scheduled).toMatchObject({ type: 'restart.scheduled', restarts: 1, delayMs: 1000 });
      expect((scheduled as { error: Error }).error.message).toContain(message);
      await clock.advance(1000);
      expect(told()).toEqual([
        'a: link.added',
        'a: restart.scheduled',
        'a: link.restarted',
        'a: link.givenUp',
      ]);
      expect(states()).toEqual({ failed: 1 });
      expect(clock.pending).toEqual([]);
    },
  );

  it('that removes its own link, or stops the group, starts nothing', async () => {
    for (const [what, throws] of [
      ['remove', false],
      ['remove', true],
      ['stop', false],
      ['stop', true],
    ] as const) {
      const { group, clock, told } = make();
      const script = scriptedConnector();
      group.add('a', () => {
        if (what === 'remove') void group.remove('a');
        else void group.stop();
        if (throws) throw refused;
        return script.connector;
      });
      await clock.drain();
      expect(script.connects).toEqual([]);
      const heard = told();
      expect(heard).not.toContain('a: attempt.started');
      expect(heard).not.toContain('a: restart.scheduled');
      expect(clock.pending).toEqual([]);
    }
  });
});

describe('staggerMs', () => {
  it('is the time between two starts, the first at once', async () => {
    const { group, clock, states } = make({ staggerMs: 100 });
    for (const name of ['a', 'b', 'c']) group.add(name, scriptedConnector().connector);
    expect(states()).toEqual({ connecting: 1, pending: 2 });
    await clock.advance(99);
    expect(states()).toEqual({ connecting: 1, pending: 2 });
    await clock.advance(1);
    expect(states()).toEqual({ connecting: 2, pending: 1 });
    await clock.advance(100);
    expect(states()).toEqual({ connecting: 3 });
    group.add('d', scriptedConnector().connector);
    expect(states()).toEqual({ connecting: 3, pending: 1 });
    await clock.advance(100);
    expect(states()).toEqual({ connecting: 4 });
    await clock.advance(100);
    expect(clock.pending.filter((ms) => ms <= 100)).toEqual([]);
  });

  it('below a millisecond starts several at once', async () => {
    const { group, clock, states } = make({ staggerMs: 0.25 });
    for (let i = 0; i < 8; i++) group.add(`${i}`, scriptedConnector().connector);
    expect(states()).toEqual({ connecting: 1, pending: 7 });
    await clock.advance(1);
    expect(states()).toEqual({ connecting: 5, pending: 3 });
    await clock.advance(1);
    expect(states()).toEqual({ connecting: 8 });
  });

  it('holds for restarts, and not for what has been removed meanwhile', async () => {
    const { group, clock, settle, states, told } = make({ staggerMs: 100 });
    const script = scriptedConnector();
    group.add('a', script.connector);
    await settle(() => script.connects[0]?.reject(fatal(refused)));
    await clock.advance(950);
    for (const name of ['b', 'c', 'd']) group.add(name, scriptedConnector().connector);
    expect(await group.remove('c')).toBeUndefined();
    told();
    await clock.advance(50);
    expect(states()).toEqual({ connecting: 1, pending: 2 });
    await clock.advance(150);
    expect(states()).toEqual({ connecting: 3 });
    expect(told().filter((text) => !text.startsWith('b'))).toEqual([
      'd: attempt.started',
      'a: link.restarted',
      'a: attempt.started',
    ]);
  });
});

describe('on', () => {
  it('hears one type, or all, until it is taken out', async () => {
    const { group, add } = make();
    const opened: string[] = [];
    const listener = group.on('connection.opened', ({ name, epoch }) => {
      opened.push(`${name} ${epoch}`);
    });
    await add('a');
    listener.unsubscribe();
    listener.unsubscribe();
    await add('b');
    expect(opened).toEqual(['a 1']);
  });

  it('makes no events that nothing listens to', async () => {
    const group = createGroup({ limiter: false });
    const script = scriptedConnector();
    group.add('a', script.connector);
    expect((group.get('a') as unknown as { isHeard: boolean }).isHeard).toBe(false);
    const first = group.on('link.removed', () => {});
    const second = group.on('link.removed', () => {});
    expect((group.get('a') as unknown as { isHeard: boolean }).isHeard).toBe(true);
    first.unsubscribe();
    expect((group.get('a') as unknown as { isHeard: boolean }).isHeard).toBe(true);
    second.unsubscribe();
    expect((group.get('a') as unknown as { isHeard: boolean }).isHeard).toBe(false);
    group.get('a')?.on('connection.opened', () => {});
    expect((group.get('a') as unknown as { isHeard: boolean }).isHeard).toBe(true);
    await group.stop({ deadlineMs: 0 });
  });

  it('reports what a listener throws, which hurts neither link nor group', async () => {
    const { group, add, logged, states } = make();
    for (const type of ['link.added', 'connection.opened'] as const) {
      group.on(type, () => {
        throw refused;
      });
    }
    await add('a');
    expect(states()).toEqual({ online: 1 });
    expect(logged).toMatchObject([
      { code: 'ERR_LISTENER', cause: refused },
      { code: 'ERR_LISTENER', cause: refused },
    ]);
  });

  it('refuses a listener that is none', () => {
    expect(() => make().group.on('link.added', 1 as never)).toThrow('`listener`');
  });

  it('also hears links that are listened to one by one', async () => {
    const { group, clock, told } = make();
    const script = scriptedConnector();
    group.add('a', script.connector);
    const own: string[] = [];
    group.get('a')?.on('attempt.started', ({ type }) => void own.push(type));
    await clock.drain();
    expect(own).toEqual(['attempt.started']);
    expect(told()).toEqual(['a: link.added', 'a: attempt.started']);
  });

  it('has links whose connection can be had from outside', async () => {
    const { group, add, settle, states } = make();
    const script = await add('a', false);
    const link = group.get('a');
    const opened = link?.opened();
    expect(link?.connection).toBeUndefined();
    await settle(() => script.connects[0]?.resolve());
    expect(await opened).toBe(script.connections[0]);
    expect(link?.connection).toBe(script.connections[0]);
    const closed = link?.close('enough');
    await settle(() => script.runs[0]?.reject(script.runs[0].argument.signal.reason));
    expect(await closed).toEqual({ status: 'stopped', reason: 'enough' });
    expect(states()).toEqual({ stopped: 1 });
  });
});
