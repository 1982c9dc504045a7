import {
  Break,
  type Connector,
  constantBackoff,
  exponentialBackoff,
  Continue,
  fatal,
  InvalidOptionError,
} from 'schmoozer';
import {
  modelTest,
  type ModelTestConfig,
  ModelTestCoverageError,
  ModelTestError,
  type ScriptedConnection,
  scriptedConnector,
  type ScriptedConnector,
  scriptedLimiter,
} from 'schmoozer/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

type Config = ModelTestConfig<ScriptedConnector, ScriptedConnection, unknown>;

const refused = new Error('refused');

/** A scripted connector as the world: nothing in it can go wrong by itself. */
function configOf(changes: Partial<Config> = {}): Config {
  return {
    world: () => scriptedConnector({ closed: true, probe: true }),
    connector: ({ connector }) => connector,
    outcomes: {
      'connect.ok': ({ connects }) => connects.at(-1)?.resolve(),
      'connect.retryable': ({ connects }) => connects.at(-1)?.reject(refused),
      'connect.fatal': ({ connects }) => connects.at(-1)?.reject(fatal(refused)),
      'run.continue': ({ runs }) => runs.at(-1)?.resolve(Continue()),
      'run.break': ({ runs }) => runs.at(-1)?.resolve(Break()),
      'run.throws': ({ runs }) => runs.at(-1)?.reject(refused),
      'run.fatal': ({ runs }) => runs.at(-1)?.reject(fatal(refused)),
      'run.lost': ({ closes }) => closes.at(-1)?.reject(refused),
    },
    states: {
      connecting() {},
      running() {},
      waiting() {},
      suspended() {},
      stopped() {},
      closing: null,
      stopping: null,
    },
    resources: { connections: ({ live }) => live },
    // A script does not end by itself.
    allowGrace: true,
    ...changes,
  };
}

const without = (key: string) => {
  const { [key as 'run.break']: _, ...outcomes } = configOf().outcomes;
  return outcomes as never;
};

async function failureOf(config: Config, depth = 2): Promise<ModelTestError> {
  const error: unknown = await modelTest(config)
    .explore({ depth })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelTestError);
  return error as ModelTestError;
}

describe('modelTest refuses', () => {
  it.each<[string, Partial<Config>]>([
    ['`world` must be a function', { world: undefined as never }],
    ['`connector` must be a function', { connector: 5 as never }],
    ['`attach` must be a function', { attach: 5 as never }],
    ['`dispose` must be a function', { dispose: 5 as never }],
    ["`engine` must be 'xstate' or 'compiled'", { engine: 'rust' as never }],
    ['`outcomes` must be an object with connect.ok', { outcomes: null as never }],
    ["`outcomes['run.break']` must be a function or null", { outcomes: without('run.break') }],
    ["`outcomes['run.lost']` must be a function or null", { outcomes: without('run.lost') }],
    [
      "`outcomes['limiter.grants']` must be left out, or null, without `options.limiter`",
      { outcomes: { ...configOf().outcomes, 'limiter.grants': () => {} } },
    ],
    [
      "`outcomes['limiter.grants']` must be a function or null; received undefined",
      { options: { limiter: scriptedLimiter().limiter } },
    ],
    [
      '`outcomes.run.breaks` must be left out: no such option, the nearest is `outcomes.run.break`',
      { outcomes: { ...configOf().outcomes, 'run.breaks': () => {} } as never },
    ],
    [
      '`states.stopped` must be a function',
      { states: { ...configOf().states, stopped: 1 } as never },
    ],
    [
      '`states.suspended` must be a function or null; received undefined',
      { states: { ...configOf().states, suspended: undefined } as never },
    ],
    [
      '`states.conecting` must be left out: no such option, the nearest is `states.connecting`',
      { states: { ...configOf().states, conecting: () => {} } as never },
    ],
    ['`resources.sockets` must be a function', { resources: { sockets: 1 as never } }],
    ['`eventually.timeoutMs` must be a number > 0', { eventually: { timeoutMs: Infinity } }],
    [
      '`eventually.intervalMs` must be a number > 0',
      { eventually: { timeoutMs: 5, intervalMs: '1' as never } },
    ],
    ['`options.connectTimeoutMs` must be a number > 0', { options: { connectTimeoutMs: 0 } }],
    ['`options.failFast` must be', { options: { failFast: 'sometimes' as never } }],
    ['`options.limiter.enqueue` must be', { options: { limiter: { tryAcquire() {} } as never } }],
    [
      '`options.limiterKey` must be a string, or a function that returns one',
      { options: { limiterKey: 5 as never } },
    ],
    ['`options.priority` must be a number', { options: { priority: NaN } }],
  ])('%s', (message, changes) => {
    expect(() => modelTest(configOf(changes))).toThrow(message);
  });

  it('bad options of paths and explore', async () => {
    const test = modelTest(configOf());
    expect(() => test.paths({ cover: 'nodes' as never })).toThrow(
      "`cover` must be 'edges' or 'pairs'",
    );
    expect(() => test.paths({ maxAttempt: 0 })).toThrow('`maxAttempt` must be an integer >= 1');
    await expect(test.explore({ depth: 0 })).rejects.toThrow('`depth` must be an integer >= 1');
    await expect(test.explore({ depth: 9, maxSequences: 100 })).rejects.toThrow(
      '`depth` must be a depth with at most 100 sequences, or `maxSequences` above it; received 9',
    );
  });
});

describe('modelTest', () => {
  it('passes a connector that does what it says, on paths and explorations', async () => {
    const test = modelTest(configOf());
    expect(() => test.coverage.assertComplete()).toThrow(ModelTestCoverageError);
    expect(test.coverage.taken).toEqual([]);
    for (const path of test.paths({ cover: 'edges', maxAttempt: 1 })) await path.run();
    test.coverage.assertComplete();
    expect(test.coverage.missing).toEqual([]);
    expect(test.coverage.taken).toContain('running.stable: run.throws');
    await test.explore({ depth: 3 });
  });

  it('drives the actor of either engine', async () => {
    const ids: Record<string, string[]> = { xstate: [], compiled: [] };
    for (const engine of ['xstate', 'compiled'] as const) {
      const attach = (_world: unknown, { id }: { id: string }) => void ids[engine]?.push(id);
      const test = modelTest(configOf({ engine, attach }));
      for (const path of test.paths()) await path.run();
      await test.explore({ depth: 3 });
      test.coverage.assertComplete();
    }
    expect(ids['compiled']?.length).toBe(ids['xstate']?.length);
    expect(ids['compiled']?.every((id) => id.startsWith('link:'))).toBe(true);
    expect(ids['xstate']?.some((id) => id.startsWith('link:'))).toBe(false);
  });

  it('names paths readably, and covers more by pairs than by edges', () => {
    const test = modelTest(configOf());
    const names = (cover: 'edges' | 'pairs') => test.paths({ cover }).map(({ name }) => name);
    expect(names('edges')).toContain('connect.ok → run.break');
    expect(names('pairs').length).toBeGreaterThan(names('edges').length);
    expect(test.paths().length).toBe(names('pairs').length);
  });

  it('tells 3 failed attempts in a row apart, and begins with at most 10 000 sequences, by default', async () => {
    const test = modelTest(configOf());
    const count = (maxAttempt?: number) => test.paths({ ...(maxAttempt && { maxAttempt }) }).length;
    expect([count(2) < count(), count(), count() < count(4)]).toEqual([true, count(3), true]);
    await expect(test.explore({ depth: 9 })).rejects.toThrow('at most 10000 sequences');
  });

  it('listens for ten more seconds of the virtual clock when a path has ended', async () => {
    const heard: string[] = [];
    const world: Config['world'] = ({ clock }) => {
      clock.setTimeout(() => heard.push('at the end'), 10_000);
      clock.setTimeout(() => heard.push('after it'), 10_001);
      return scriptedConnector();
    };
    const ended = modelTest(configOf({ world })).paths({ cover: 'edges' });
    await ended.find(({ name }) => name === 'connect.fatal')?.run();
    expect(heard).toEqual(['at the end']);
  });

  it('looks every 5 ms by default where time is real', async () => {
    const timeouts = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => timeouts.mockRestore());
    const { outcomes } = configOf();
    const config = configOf({
      eventually: { timeoutMs: 60 },
      outcomes: { ...outcomes, 'connect.fatal': () => {} },
    });
    await failureOf(config, 1);
    const waits = timeouts.mock.calls.map(([, ms]) => ms).filter((ms) => ms !== 60);
    expect([waits.length > 0, new Set(waits)]).toEqual([true, new Set([5])]);
  });

  it('leaves out what is declared impossible, in paths and in coverage', async () => {
    const outcomes = { ...configOf().outcomes, 'connect.fatal': null, 'run.fatal': null };
    const options = { connectTimeoutMs: Infinity, stableAfterMs: Infinity };
    const test = modelTest(configOf({ outcomes, options }));
    const paths = test.paths({ cover: 'edges', maxAttempt: 1 });
    expect(paths.some(({ name }) => /fatal|connectTimeout|stableAfter/.test(name))).toBe(false);
    for (const path of paths) await path.run();
    test.coverage.assertComplete();
  });

  it('knows sessions that are stable at once, and policies that answer later', async () => {
    const stable = modelTest(configOf({ options: { stableAfterMs: 0, gracePeriodMs: 0 } }));
    for (const path of stable.paths({ cover: 'edges', maxAttempt: 1 })) await path.run();
    stable.coverage.assertComplete();
    const jittered = { backoff: exponentialBackoff() };
    await modelTest(configOf({ options: jittered })).explore({ depth: 2 });
    const later: Partial<Connector<ScriptedConnection>> = {
      retryDelay: () => Promise.resolve(Continue(70)),
    };
    await modelTest(
      configOf({ connector: ({ connector }) => Object.assign(connector, later) }),
    ).explore({ depth: 3 });
  });

  it('passes with a world of real time, polling until the effect shows', async () => {
    const soon = (act: () => void) => void setImmediate(act);
    const { outcomes } = configOf();
    const test = modelTest(
      configOf({
        eventually: { timeoutMs: 2000, intervalMs: 1 },
        options: { gracePeriodMs: 50 },
        connector: ({ connector }) => ({
          ...connector,
          connect: (attempt) => {
            const connecting = connector.connect(attempt);
            return new Promise((resolve, reject) => {
              connecting.then(resolve, reject);
              attempt.signal.addEventListener('abort', () => soon(() => reject(refused)));
            });
          },
        }),
        outcomes: {
          ...outcomes,
          'connect.ok': (world) => soon(() => world.connects.at(-1)?.resolve()),
        },
      }),
    );
    await test
      .paths({ cover: 'edges' })
      .find(({ name }) => name === 'connect.ok → run.break')
      ?.run();
    await test.explore({ depth: 1 });
  }, 30_000);

  it('disposes of each world, by dispose or by its symbols, however the path went', async () => {
    const disposed: string[] = [];
    await modelTest(configOf({ dispose: () => void disposed.push('dispose') }))
      .paths()[0]
      ?.run();
    const symbols = {
      asyncDispose: { [Symbol.asyncDispose]: async () => void disposed.push('asyncDispose') },
      dispose: { [Symbol.dispose]: () => void disposed.push('Symbol.dispose') },
    };
    for (const symbol of Object.values(symbols)) {
      const world = () => Object.assign(scriptedConnector(), symbol);
      const states = { ...configOf().states, connecting: () => expect.unreachable() };
      await failureOf(configOf({ world, states }));
    }
    expect(disposed).toEqual(['dispose', 'asyncDispose', 'Symbol.dispose']);
  });
});

describe('a connection that is lost', () => {
  const lost = (config: Config) =>
    modelTest(config)
      .paths({ cover: 'edges' })
      .find(({ name }) => name === 'connect.ok → run.lost');

  it('is waited for, with a `run` that does not notice, and what it has left to read', async () => {
    const outcomes = (provoke: Config['outcomes']['run.lost']) => ({
      outcomes: { ...configOf().outcomes, 'run.lost': provoke },
    });
    await lost(configOf())?.run();
    const unread = { drained: new Promise(() => {}) };
    await lost(configOf(outcomes(({ closes }) => closes.at(-1)?.resolve(unread))))?.run();
    const eventually = { timeoutMs: 100, intervalMs: 1 };
    const later = outcomes(({ closes }) => void setImmediate(() => closes.at(-1)?.resolve()));
    await lost(configOf({ ...later, eventually }))?.run();
  });

  it('fails the test of a connector that does not notice', async () => {
    const world: Config['world'] = () => scriptedConnector();
    const outcomes = { ...configOf().outcomes, 'run.lost': () => {} };
    await expect(lost(configOf({ world, outcomes }))?.run()).rejects.toMatchObject({
      step: 'run.lost',
      expected: 'waiting, attempt 1, a finite delay above 0 ms',
      seen: 'running.settling, attempt 0',
    });
  });
});

describe('commands', () => {
  const namesOf = (changes: Partial<Config> = {}) =>
    modelTest(configOf(changes))
      .paths()
      .map(({ name }) => name)
      .join();

  it('are sent where they change something', async () => {
    const names = namesOf();
    expect(names).toContain('suspend → resume');
    expect(names).toContain('connect.ok → probe → stop');
    expect(names).not.toMatch(/^resume|suspend → (suspend|reconnect|probe)|^probe|,probe/);
  });

  it('suspend: the state `suspended` is asserted, and nothing is open in it', async () => {
    const wrong = new Error('not shown as suspended');
    const suspended = () => {
      throw wrong;
    };
    const states = { ...configOf().states, suspended };
    const error = await failureOf(configOf({ states }), 1);
    expect(error).toMatchObject({ step: 'suspend', cause: wrong });
    expect(error.expected).toBe('the assertion of `suspended` to hold');
    let isSuspended = () => false;
    const attach: Config['attach'] = (_world, actor) => {
      isSuspended = () => actor.getSnapshot().hasTag('suspended');
    };
    const resources = { lines: () => Number(isSuspended()) };
    expect(await failureOf(configOf({ attach, resources }), 1)).toMatchObject({
      expected: '0 of `lines` open in suspended',
    });
  });

  it('suspend: never, where the state `suspended` is null', () => {
    expect(namesOf({ states: { ...configOf().states, suspended: null } })).not.toMatch(
      /suspend|resume/,
    );
  });

  it('probe: the connector is asked, and a refusal is a loss that fails the test', async () => {
    let probes = 0;
    const probing = (probe: () => Promise<void>) =>
      configOf({ connector: ({ connector }) => ({ ...connector, probe }) });
    await modelTest(probing(async () => void probes++)).explore({ depth: 2 });
    expect(probes).toBe(1);
    expect(await failureOf(probing(() => Promise.reject(refused)))).toMatchObject({
      path: ['connect.ok', 'probe'],
      expected: 'running.settling, attempt 0',
    });
  });
});

describe('a limiter', () => {
  it('that holds permits back is waited for in `connecting.queued`', async () => {
    const { limiter, requests } = scriptedLimiter();
    const grants = () => void requests.at(-1)?.grant();
    const test = modelTest(
      configOf({
        options: { limiter, limiterKey: 'eu', priority: 1 },
        outcomes: { ...configOf().outcomes, 'limiter.grants': grants },
      }),
    );
    for (const path of test.paths({ cover: 'edges', maxAttempt: 1 })) await path.run();
    test.coverage.assertComplete();
    expect(test.coverage.taken).toContain('connecting.queued: limiter.grants');
    expect(requests.at(-1)?.request).toMatchObject({ key: 'eu', priority: 1 });
  });

  it('that admits at once is not seen', async () => {
    const { limiter, permits } = scriptedLimiter({ admits: true });
    const outcomes = { ...configOf().outcomes, 'limiter.grants': null };
    const test = modelTest(configOf({ options: { limiter }, outcomes }));
    expect(test.paths().some(({ name }) => name.includes('limiter'))).toBe(false);
    await test.explore({ depth: 2 });
    expect(permits.every(({ outcomes: settled }) => settled.length === 1)).toBe(true);
  });

  it('that does not wait as was said fails the test', async () => {
    const { limiter } = scriptedLimiter({ admits: true });
    const outcomes = { ...configOf().outcomes, 'limiter.grants': () => {} };
    expect(await failureOf(configOf({ options: { limiter }, outcomes }))).toMatchObject({
      step: 'start',
      expected: 'connecting.queued, attempt 0',
      seen: 'connecting, attempt 0',
    });
  });
});

describe('a failure names path, step, what was expected and what was seen', () => {
  it('when the machine is not where the model says', async () => {
    const { outcomes } = configOf();
    const error = await failureOf(
      configOf({ outcomes: { ...outcomes, 'connect.fatal': outcomes['connect.retryable'] } }),
    );
    expect(error.message).toBe(
      [
        'path "connect.fatal" failed at step 1, "connect.fatal"',
        '  expected: stopped, failed',
        '  seen: waiting, attempt 1, a delay of 1000 ms',
        '  shortest failing sequence: connect.fatal',
      ].join('\n'),
    );
  });

  it('when it ended otherwise', async () => {
    const { outcomes } = configOf();
    const error = await failureOf(
      configOf({ outcomes: { ...outcomes, 'connect.retryable': outcomes['connect.fatal'] } }),
    );
    expect(error.expected).toBe('waiting, attempt 1, a finite delay above 0 ms');
    expect(error.seen).toBe('stopped, failed with Error: refused');
  });

  it('when nothing happens, and where it ended with a value', async () => {
    const { outcomes } = configOf();
    const nothing = await failureOf(
      configOf({ outcomes: { ...outcomes, 'connect.ok': () => {} } }),
    );
    expect(nothing).toMatchObject({
      expected: 'running.settling, attempt 0',
      seen: 'connecting, attempt 0',
    });
    const swapped = await failureOf(
      configOf({ outcomes: { ...outcomes, 'run.continue': outcomes['run.break'] } }),
    );
    expect(swapped.seen).toBe('stopped, completed');
  });

  it('when a delay is 0', async () => {
    const options = { backoff: constantBackoff(0) };
    expect(await failureOf(configOf({ options }))).toMatchObject({ seen: 'connecting, attempt 1' });
  });

  it.each<[string, NonNullable<Connector<ScriptedConnection>['retryDelay']>, string]>([
    ['is Infinity', () => Continue(Infinity), 'waiting, attempt 1, a delay of Infinity ms'],
    ['is a Break', () => Break(), 'stopped, completed'],
    ['throws', () => Promise.reject(refused), 'stopped, failed with Error: refused'],
  ])('when a `retryDelay` %s', async (_how, retryDelay, seen) => {
    const connector: Config['connector'] = (world) => ({ ...world.connector, retryDelay });
    expect(await failureOf(configOf({ connector }))).toMatchObject({ seen });
  });

  it('when an assertion throws, with what was thrown as the cause', async () => {
    const bug = new Error('not online');
    const states = { ...configOf().states, running: () => Promise.reject(bug) };
    const error = await failureOf(configOf({ states }));
    expect(error).toMatchObject({ cause: bug, expected: 'the assertion of `running` to hold' });
  });

  it('when an assertion throws before the first step', async () => {
    const states = { ...configOf().states, connecting: () => Promise.reject(new Error('blank')) };
    const error = await failureOf(configOf({ states }));
    expect(error).toMatchObject({ step: 'start', path: [], shortest: [] });
    expect(error.message).toContain('path "start" failed at step 0, "start"');
    expect(error.message).toContain('shortest failing sequence: start');
  });

  it('when a resource is left open, or counted as something else', async () => {
    const leak = await failureOf(configOf({ resources: { sockets: () => 1 } }));
    expect(leak).toMatchObject({ expected: '0 of `sockets` open in stopped', seen: '1' });
    const odd = await failureOf(configOf({ resources: { sockets: () => 2 } }));
    expect(odd).toMatchObject({ expected: '0 or 1 of `sockets` open in connecting', seen: '2' });
  });

  it('when a listener or a release throws', async () => {
    const bug = new Error('bug');
    const attach: Config['attach'] = (_world, actor) =>
      void actor.on('connection.opened', () => {
        throw bug;
      });
    expect(await failureOf(configOf({ attach }))).toMatchObject({ cause: bug });
    const disconnect = () => {
      throw bug;
    };
    const connector: Config['connector'] = (world) => ({ ...world.connector, disconnect });
    expect(await failureOf(configOf({ connector }))).toMatchObject({
      cause: bug,
      expected: 'no listener and no release to throw',
    });
  });

  it('when the release of a session that ended throws', async () => {
    const bug = new Error('bug');
    const disconnect = () => Promise.reject(bug);
    const connector: Config['connector'] = (world) => ({ ...world.connector, disconnect });
    const path = modelTest(configOf({ connector }))
      .paths({ cover: 'edges' })
      .find(({ name }) => name.startsWith('connect.ok → run.break'));
    await expect(path?.run()).rejects.toMatchObject({ cause: bug, step: 'run.break' });
  });

  it('when the world cannot be made, or throws a bare value', async () => {
    const world = () => Promise.reject('no port');
    expect(await failureOf(configOf({ world }))).toMatchObject({
      expected: 'the world and the actor to start',
      seen: 'no port',
    });
  });

  it('when a callback does not settle in time', async () => {
    const eventually = { timeoutMs: 20 };
    const { outcomes } = configOf();
    const never = () => new Promise<void>(() => {});
    const error = await failureOf(
      configOf({ eventually, outcomes: { ...outcomes, 'connect.ok': never } }),
    );
    expect(error.seen).toBe("Error: `outcomes['connect.ok']` did not settle within 20 ms");
    expect(await failureOf(configOf({ eventually, dispose: never }))).toMatchObject({
      expected: 'the world to be taken down',
    });
  });

  it('when the world throws a programming error of the kit, as it is', async () => {
    const test = modelTest(configOf({ connector: () => ({}) as never }));
    await expect(test.paths()[0]?.run()).rejects.toThrow('`connector.connect` must be a function');
  });

  it('with the shortest part of the path that fails in the same step', async () => {
    const check = vi.fn(() => Promise.reject(new Error('late')));
    const states = { ...configOf().states, stopped: check };
    const path = modelTest(configOf({ states }))
      .paths({ cover: 'edges' })
      .find(({ steps }) => steps.length > 3 && steps.at(-1) === 'run.break');
    const error: unknown = await path?.run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ step: 'run.break', shortest: ['connect.ok', 'run.break'] });
  });

  it('and a bad option of the machine is an InvalidOptionError', () => {
    expect(() => modelTest(configOf({ options: { stableAfterMs: -1 } }))).toThrow(
      InvalidOptionError,
    );
  });
});
