import { exclusive } from 'schmoozer/exclusive';
import { pino } from 'pino';
import {
  constantBackoff,
  Continue,
  createReconnectActor as createOnXState,
  fatal,
  InvalidOptionError,
  run,
} from 'schmoozer';
import { createReconnectActor as createCompiled } from 'schmoozer/compiled';
import {
  createLinkLogger,
  logEvents,
  type LogEventsOptions,
  type LogFields,
  type LoggableLink,
  type WriteLine,
} from 'schmoozer/log';
import { scriptedConnector, scriptedLimiter, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { groupHarness } from '../../support/groupHarness.js';

const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
const failure = { name: 'Error', message: 'no', code: 'ECONNREFUSED' };

/** What was written since the last look. */
function paper() {
  const entries: [string, string, LogFields][] = [];
  const log: WriteLine = (level, message, fields) => void entries.push([level, message, fields]);
  const take = () => entries.splice(0);
  const lines = () => take().map(([level, message]) => `${level}: ${message}`);
  return { log, take, lines };
}

const engines = { xstate: createOnXState, compiled: createCompiled };

describe.each(Object.entries(engines))('createLinkLogger, %s', (_, create) => {
  function begin(
    options: Partial<LogEventsOptions> & Parameters<typeof createCompiled>[1] = {},
    disconnect?: () => void,
  ) {
    const { log, everyMs, ...others } = options;
    const clock = virtualClock();
    const { take, lines, ...written } = paper();
    const { connector, connects, runs } = scriptedConnector();
    const link = create(disconnect ? { ...connector, disconnect } : connector, {
      clock,
      now: clock.now,
      backoff: constantBackoff(100),
      stableAfterMs: 10_000,
      ...others,
    });
    const logger = createLinkLogger(link, {
      log: log ?? written.log,
      now: clock.now,
      name: 'prices',
      ...(everyMs !== undefined && { everyMs }),
    });
    link.start();
    const fail = async (error: unknown = refused) => {
      connects.at(-1)?.reject(error);
      await clock.advance(100);
    };
    const open = async (forMs = 0) => {
      await clock.drain();
      connects.at(-1)?.resolve();
      await clock.advance(forMs);
    };
    const drop = async (error: unknown = refused) => {
      runs.at(-1)?.reject(error);
      await clock.advance(100);
    };
    return { clock, connects, runs, link, logger, take, lines, fail, open, drop };
  }

  it('writes at once when a link comes up and goes down, with all that is known', async () => {
    const { clock, link, take, open, drop } = begin();
    await clock.advance(38);
    await open(20_000);
    expect(take()).toEqual([
      [
        'info',
        'prices is up after 38 ms: connected in 38 ms',
        {
          link: 'prices',
          event: 'connection.opened',
          epoch: 1,
          attempt: 0,
          connectMs: 38,
          queuedMs: 0,
          downMs: 38,
        },
      ],
    ]);
    await drop();
    expect(take()).toEqual([
      [
        'warn',
        'prices is down: settled after 20.0 s: ECONNREFUSED: no',
        {
          link: 'prices',
          event: 'connection.closing',
          epoch: 1,
          cause: 'settled',
          upMs: 20_000,
          error: failure,
        },
      ],
    ]);
    await open(20_000);
    expect(take()).toMatchObject([['info', 'prices is up after 100 ms: connected in 0 ms', {}]]);
    link.send({ type: 'stop' });
    await drop();
    expect(take()).toEqual([
      [
        'info',
        'prices has ended: stopped: ECONNREFUSED: no',
        { link: 'prices', event: 'link.ended', status: 'stopped', error: failure },
      ],
    ]);
  });

  it('while down writes one line each everyMs, and counts what it left out', async () => {
    const { clock, take, fail, open } = begin({ everyMs: 1000 });
    await clock.drain();
    await fail();
    expect(take()).toEqual([
      [
        'warn',
        'prices is down, 1 failed in a row, next attempt in 100 ms: ECONNREFUSED: no',
        {
          link: 'prices',
          event: 'retry.scheduled',
          attempt: 1,
          delayMs: 100,
          verdict: 'transient',
          error: failure,
        },
      ],
    ]);
    for (let i = 0; i < 9; i++) await fail();
    expect(take()).toEqual([]);
    await fail();
    expect(take()).toMatchObject([
      [
        'warn',
        'prices is down, 11 failed in a row, next attempt in 100 ms: ECONNREFUSED: no (suppressed: 9)',
        { suppressed: 9, attempt: 11 },
      ],
    ]);
    await fail();
    await open();
    expect(take()).toMatchObject([['info', expect.stringContaining('up'), { suppressed: 1 }]]);
  });

  it('writes a graver line at once, and a lesser one after it not', async () => {
    const { clock, lines, fail } = begin({ failFast: 'never' });
    await clock.drain();
    await fail();
    await fail(new ReferenceError('x is not defined'));
    await fail();
    expect(lines()).toEqual([
      'warn: prices is down, 1 failed in a row, next attempt in 100 ms: ECONNREFUSED: no',
      'error: prices is down, 2 failed in a row, next attempt in 100 ms: ReferenceError: x is not defined',
    ]);
  });

  it('writes the verdict of a loss, if it is graver than the loss', async () => {
    const { lines, open, drop } = begin();
    await open(20_000);
    await drop(new ReferenceError('y'));
    expect(lines().slice(1)).toEqual([
      'warn: prices is down: settled after 20.0 s: ReferenceError: y',
      'error: prices is down, 1 failed in a row, next attempt in 100 ms: ReferenceError: y',
    ]);
  });

  it('of a link that opens and drops writes up and down once each everyMs', async () => {
    const { lines, open, drop } = begin({ everyMs: 1000 });
    for (let i = 0; i < 5; i++) {
      await open(100);
      await drop();
    }
    expect(lines()).toEqual([
      'info: prices is up after 0 ms: connected in 0 ms',
      'warn: prices is down: settled after 100 ms: ECONNREFUSED: no',
    ]);
    await open(9999);
    expect(lines()).toEqual([
      expect.stringMatching(/^info: prices is up after 1\.0 s: .*\(suppressed: 12\)$/),
    ]);
  });

  it('says that it is up, at the latest when the session is stable', async () => {
    const { clock, lines, open, drop } = begin();
    await open(100);
    await drop();
    lines();
    await open(9999);
    expect(lines()).toEqual([]);
    await clock.advance(1);
    expect(lines()).toEqual(['info: prices is up after 200 ms: connected in 0 ms (suppressed: 1)']);
    await drop();
    await open();
    expect(lines()).toEqual([
      'warn: prices is down: settled after 10.0 s: ECONNREFUSED: no',
      'info: prices is up after 100 ms: connected in 0 ms',
    ]);
  });

  it('everyMs 0 leaves nothing out, Infinity all but changes', async () => {
    for (const [everyMs, count] of [
      [0, 5],
      [Infinity, 1],
    ] as const) {
      const { clock, lines, fail } = begin({ everyMs });
      await clock.drain();
      for (let i = 0; i < 5; i++) await fail();
      expect(lines().length).toBe(count);
    }
  });

  it('tells of an orderly end without an error, a wait without an end, and a suspension', async () => {
    const { clock, link, runs, lines, take, open } = begin({ backoff: () => Continue(Infinity) });
    await open(20_000);
    lines();
    runs.at(-1)?.resolve(Continue());
    await clock.drain();
    expect(lines()).toEqual(['info: prices is down: settled after 20.0 s']);
    link.send({ type: 'reconnect' });
    await open(500);
    lines();
    runs.at(-1)?.resolve(Continue());
    await clock.advance(60_000);
    link.send({ type: 'reconnect' });
    await open(1);
    lines();
    link.send({ type: 'suspend' });
    runs.at(-1)?.resolve(Continue());
    await clock.drain();
    expect(lines()).toEqual(['info: prices is suspended']);
    link.send({ type: 'resume' });
    await clock.drain();
    expect(take()).toEqual([]);
    await open(1);
    expect(lines()).toEqual([expect.stringContaining('prices is up')]);
  });

  it('of a server that hangs up in order writes no more than info', async () => {
    const { runs, lines, open, clock } = begin({ everyMs: 150 });
    for (let i = 0; i < 3; i++) {
      await open(1);
      runs.at(-1)?.resolve(Continue());
      await clock.advance(100);
    }
    expect(lines()).toEqual([
      'info: prices is up after 0 ms: connected in 0 ms',
      'info: prices is down: settled after 1 ms',
      'info: prices is up after 202 ms: connected in 0 ms (suppressed: 3)',
      'info: prices is down: settled after 1 ms',
    ]);
  });

  it('says when only a command ends the wait', async () => {
    const { clock, take, fail } = begin({ backoff: () => Continue(Infinity) });
    await clock.drain();
    await fail();
    const [[, message, fields] = []] = take();
    expect(message).toContain('a command must end the wait');
    expect(fields).not.toHaveProperty('delayMs');
  });

  it('writes a fatal error as such', async () => {
    const { clock, take, fail } = begin();
    await clock.drain();
    await fail(fatal(refused));
    expect(take()).toEqual([
      [
        'error',
        'prices has ended: failed: ECONNREFUSED: no',
        { link: 'prices', event: 'link.ended', status: 'failed', error: failure },
      ],
    ]);
  });

  it('names what makes a link wait, and for how long', async () => {
    const { limiter, admit } = limiterOf();
    const { clock, lines, open } = begin({ limiter, limiterKey: 'feed\n:1' });
    await clock.advance(1500);
    expect(lines()).toEqual(['info: prices waits for a permit of feed\\u{0A}:1']);
    admit();
    await open();
    expect(lines()).toEqual([
      'info: prices is up after 1.5 s: connected in 0 ms, waited for its permit 1.5 s',
    ]);
  });

  it('names the lock that a link waits for, or the limiter', async () => {
    const clock = virtualClock();
    const { log, lines } = paper();
    const { connector } = scriptedConnector();
    const { limiter } = limiterOf();
    const lock = { acquire: () => new Promise<never>(() => {}) };
    const waiting = [
      exclusive(connector, { lock, name: 'feed', clock }),
      { ...connector, limiter },
    ];
    for (const one of waiting) {
      const link = create(one, { clock, now: clock.now });
      createLinkLogger(link, { log, now: clock.now });
      link.start();
      await clock.drain();
      link.stop();
    }
    expect(lines()).toEqual([
      'info: link waits for a permit of lock feed',
      'info: link waits for a permit of a limiter',
    ]);
  });

  it('tells of a release that fails', async () => {
    const { clock, link, runs, lines, open } = begin({}, () => {
      throw new Error('stuck');
    });
    await open(1);
    lines();
    link.send({ type: 'reconnect' });
    runs[0]?.resolve(Continue());
    await clock.drain();
    expect(lines()).toEqual([
      'info: prices is down: reconnect after 1 ms',
      'warn: prices could not release its connection: Error: stuck',
    ]);
  });

  it('shows nothing of what an error carries, and what it says in one line', async () => {
    const { clock, take, fail } = begin();
    await clock.drain();
    const error = new Error('wss://me:secret@feed.example/?token=secret\n\u001b[2J refused');
    await fail(Object.assign(error, { headers: { cookie: 'secret' }, cause: 'secret' }));
    const text = JSON.stringify(take());
    expect(text).toContain('feed.example');
    expect(text).not.toMatch(/secret|cookie|\\n|\\u001b/);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
  ])('a log that %s hurts nothing; the line is counted in the next one', async (_how, broken) => {
    const written: LogFields[] = [];
    let isBroken = true;
    const log: WriteLine = (_level, _message, fields) =>
      isBroken ? broken() : void written.push(fields);
    const { link, open, drop } = begin({ log });
    await open(20_000);
    expect(link.getSnapshot().hasTag('online')).toBe(true);
    isBroken = false;
    await drop();
    expect(written).toMatchObject([{ event: 'connection.closing', suppressed: 1 }]);
  });

  it('is silent after unsubscribe', async () => {
    const { logger, lines, open, drop } = begin();
    await open(20_000);
    lines();
    logger.unsubscribe();
    await drop();
    expect(lines()).toEqual([]);
  });

  it('leaves no timer behind', async () => {
    const { clock, link, fail } = begin();
    await clock.drain();
    await fail();
    link.send({ type: 'stop' });
    await fail();
    expect(clock.pending).toEqual([]);
  });

  it('refuses what is no link, and an everyMs out of bounds', () => {
    expect(() => createLinkLogger(null as unknown as LoggableLink, { log: () => {} })).toThrow(
      InvalidOptionError,
    );
    expect(() => createLinkLogger({} as LoggableLink, { log: () => {} })).toThrow('`link.on`');
    for (const everyMs of [-1, NaN, '60' as unknown as number]) {
      expect(() => logEvents({ log: () => {}, everyMs })).toThrow('`everyMs`');
    }
    expect(() => logEvents({ log: console as unknown as WriteLine })).toThrow('`log`');
  });
});

function limiterOf() {
  const limiter = scriptedLimiter();
  return { limiter: limiter.limiter, admit: () => limiter.requests[0]?.grant() };
}

describe('createLinkLogger of a group', () => {
  it('writes of each link by its name, and limits each for itself', async () => {
    const { clock, group, add } = groupHarness({ restart: { intensity: 1, delayMs: 500 } });
    const { log, lines } = paper();
    createLinkLogger(group, { log, now: clock.now, name: 'devices' });
    const one = await add('one');
    const two = await add('two');
    expect(lines()).toEqual([
      'info: one is up after 0 ms: connected in 0 ms',
      'info: two is up after 0 ms: connected in 0 ms',
    ]);
    one.runs[0]?.reject(fatal(new Error('gone')));
    await clock.advance(500);
    one.connects[1]?.reject(fatal(new Error('gone')));
    await clock.drain();
    expect(lines()).toEqual([
      'warn: one is down: settled after 0 ms: Error: gone',
      'error: one has ended: failed: Error: gone',
      'error: one is given up: Error: gone (suppressed: 1)',
    ]);
    const removed = group.remove('two');
    two.runs[0]?.resolve(Continue());
    await clock.drain();
    await removed;
    await group.stop();
    expect(lines()).toEqual(['info: two has ended: stopped', 'info: devices has ended: stopped']);
  });

  it('writes one line about a link that is given up at its first failure', async () => {
    const { clock, group, add } = groupHarness({ restart: { intensity: 0 } });
    const { log, take } = paper();
    createLinkLogger(group, { log, now: clock.now });
    const one = await add('one', false);
    await clock.drain();
    one.connects[0]?.reject(fatal(refused));
    await clock.drain();
    expect(take()).toEqual([
      [
        'error',
        'one is given up: ECONNREFUSED: no',
        { link: 'one', event: 'link.givenUp', restarts: 0, error: failure },
      ],
    ]);
  });

  it('writes that a link has failed when nothing follows, because the group stops', async () => {
    const { clock, group, add } = groupHarness();
    const { log, lines } = paper();
    createLinkLogger(group, { log, now: clock.now, name: 'devices' });
    const one = await add('one', false);
    await add('two', false);
    group.on('link.ended', () => void group.stop());
    await clock.drain();
    one.connects[0]?.reject(fatal(refused));
    await clock.drain();
    expect(lines()).toEqual(['error: one has ended: failed: ECONNREFUSED: no']);
    await clock.advance(10_000);
    expect(lines()).toEqual(['info: two has ended: stopped', 'info: devices has ended: stopped']);
  });

  it('tells of a group that has failed', async () => {
    const { clock, group, add } = groupHarness({ restart: { intensity: 0, scope: 'group' } });
    const { log, lines } = paper();
    createLinkLogger(group, { log, now: clock.now, name: 'devices' });
    const one = await add('one', false);
    await clock.drain();
    one.connects[0]?.reject(fatal(new Error('gone')));
    await clock.advance(10_000);
    expect(lines().at(-1)).toBe('error: devices has ended: failed');
  });
});

describe('logEvents', () => {
  it('is an onEvent of run, with a name and limits by default', async () => {
    const { log, lines } = paper();
    const { connector, connects } = scriptedConnector();
    const clock = virtualClock();
    const result = run(connector, { clock, onEvent: logEvents({ log }) });
    await clock.drain();
    connects[0]?.reject(fatal('no'));
    await expect(result).rejects.toBe('no');
    expect(lines()).toEqual(['error: link has ended: failed: string: string was thrown']);
  });

  it.each(['info', 'warn', 'error'] as const)('has levels that console has: %s', (level) => {
    expect(typeof console[level]).toBe('function');
  });

  it('gives pino its fields first: each line is JSON, with its level', () => {
    const written: unknown[] = [];
    const destination = { write: (line: string) => void written.push(JSON.parse(line)) };
    const logger = pino({ base: null, timestamp: false }, destination);
    const tell = logEvents({ log: (level, message, fields) => logger[level](fields, message) });
    tell({ type: 'link.suspended' });
    const error = Object.assign(new Error('wss://u:secret@h/?token=1 said no'), { code: 'E' });
    const verdict = 'permanent';
    const failed = { type: 'attempt.failed', attempt: 0, epoch: 1, connectMs: 1, error, verdict };
    const retry = { type: 'retry.scheduled', attempt: 1, delayMs: 5, error, verdict };
    for (const event of [failed, retry]) tell(event);
    expect(written).toMatchObject([
      { level: 30, link: 'link', event: 'link.suspended', msg: 'link is suspended' },
      { level: 50, link: 'link', error: { name: 'Error', message: 'wss://h/ said no', code: 'E' } },
    ]);
    expect(written).toHaveLength(2);
    expect(JSON.stringify(written)).not.toContain('secret');
  });

  it('is not hurt by a destination of pino that throws', () => {
    const destination = {
      write() {
        throw new Error('the disk is full');
      },
    };
    const logger = pino({}, destination);
    const tell = logEvents({ log: (level, message, fields) => logger[level](fields, message) });
    expect(() => tell({ type: 'link.suspended' })).not.toThrow();
  });
});
