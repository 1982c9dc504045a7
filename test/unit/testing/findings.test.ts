import assert from 'node:assert/strict';
import { type Connector, type Continue, createReconnectActor } from 'schmoozer';
import {
  modelTest,
  type ModelTestConfig,
  ModelTestError,
  type ScriptedConnection,
} from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { differenceOf, lineOf } from '../../../src/testing/assertion.js';
import { newScript, obedient, type Scripted, scripted } from './apps/script.js';

type Config = ModelTestConfig<Scripted, ScriptedConnection, unknown>;

const nothing = () => {};
const states: Config['states'] = {
  connecting: nothing,
  running: nothing,
  waiting: nothing,
  suspended: nothing,
  stopped: nothing,
  closing: nothing,
  stopping: nothing,
};

/** A connector that ends as it is told to. */
function configOf(changes: Partial<Config> = {}): Config {
  return { ...scripted<Scripted>(), world: () => ({ script: newScript() }), states, ...changes };
}

async function failureOf(config: Config, depth = 2): Promise<ModelTestError> {
  const error: unknown = await modelTest(config)
    .explore({ depth })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelTestError);
  return error as ModelTestError;
}

describe('modelTest refuses', () => {
  it.each<[string, Partial<Config>]>([
    ['`create` must be a function', { create: 5 as never }],
    ['`attach` must be left out with `create`', { create: nothing as never, attach: nothing }],
    ['`engine` must be left out with `create`', { create: nothing as never, engine: 'xstate' }],
    ['`allowGrace` must be true or false', { allowGrace: 1 as never }],
    ['`steady.listeners` must be a function', { steady: { listeners: 1 as never } }],
    ['`commands.reconnect` must be a list of', { commands: { reconnect: 'waiting' as never } }],
    ['`commands.probe` must be a list of', { commands: { probe: ['online' as never] } }],
    ['`commands.stop` must be left out: no such option', { commands: { stop: [] } as never }],
    [
      '`states.closing` must be a function or null; received undefined',
      { states: { ...states, closing: undefined } as never },
    ],
  ])('%s', (message, changes) => {
    expect(() => modelTest(configOf(changes))).toThrow(message);
  });

  it('bad options of an exploration by chance', async () => {
    const test = modelTest(configOf());
    await expect(test.explore({ depth: 2, sequences: 0 })).rejects.toThrow(
      '`sequences` must be an integer >= 1',
    );
    await expect(test.explore({ depth: 2, sequences: 1, seed: -1 })).rejects.toThrow(
      '`seed` must be an integer >= 0',
    );
  });
});

it('a connector that ends as it is told to needs no `allowGrace`', async () => {
  const test = modelTest(configOf());
  for (const path of test.paths({ cover: 'edges', maxAttempt: 1 })) await path.run();
  test.coverage.assertComplete();
});

it('`commands` are sent in the states that are listed', () => {
  const commands = { reconnect: ['waiting'], probe: [] } as const;
  const names = modelTest(configOf({ commands }))
    .paths()
    .map(({ name }) => name)
    .join('\n');
  expect(names).toContain('connect.retryable → reconnect');
  expect(names).not.toMatch(/^reconnect|connect\.ok → reconnect|probe/m);
});

describe('a grace period that has to end a wait', () => {
  const deaf = (method: 'connect' | 'run' | 'disconnect'): Config['connector'] => {
    return ({ script }) => ({
      ...obedient(script),
      [method]: method === 'disconnect' ? () => new Promise(() => {}) : script.connector[method],
    });
  };

  it.each(['connect', 'run', 'disconnect'] as const)('fails the path: %s', async (method) => {
    const error = await failureOf(configOf({ connector: deaf(method) }));
    expect(error.field).toBe('allowGrace');
    expect(error.expected).toContain(method === 'connect' ? '`connect`' : '`run`');
    expect(error.seen).toMatch(/^the grace period of 5000 ms had to end (connecting|running)\./);
    // What a release leaves open fails even so.
    if (method === 'disconnect') return;
    const connector = deaf(method);
    const resources = { connections: () => 0 };
    await modelTest(configOf({ connector, resources, allowGrace: true })).explore({ depth: 2 });
  });

  it('does not, when a timer of the connector ends the wait before', async () => {
    const run =
      (delayMs: number): Config['world'] =>
      ({ clock }) => {
        const script = newScript();
        const { connector } = script;
        const late: Connector<ScriptedConnection, unknown> = {
          ...obedient(script),
          run: (connection, session) =>
            new Promise((resolve, reject) => {
              connector.run(connection, session).then(resolve, reject);
              session.signal.addEventListener('abort', () =>
                clock.setTimeout(() => reject(session.signal.reason), delayMs),
              );
            }),
        };
        return Object.assign({ script }, { late });
      };
    const connector: Config['connector'] = (world) => (world as unknown as { late: never }).late;
    await modelTest(configOf({ world: run(4999), connector })).explore({ depth: 2 });
    const error = await failureOf(configOf({ world: run(5001), connector }));
    expect(error.field).toBe('allowGrace');
  });
});

describe('what a link passes through', () => {
  it('is held for a look, with the tags closing and stopping', async () => {
    const seen = new Set<string>();
    const look =
      (name: string): Config['states']['closing'] =>
      (_world, { snapshot, step }) => {
        expect(snapshot.hasTag(name as 'closing')).toBe(true);
        seen.add(`${name}: ${JSON.stringify(snapshot.value)} after ${step}`);
      };
    const watched = { ...states, closing: look('closing'), stopping: look('stopping') };
    await modelTest(configOf({ states: watched })).explore({ depth: 2 });
    expect([...seen].toSorted()).toEqual([
      'closing: {"connecting":"suspending"} after suspend',
      'closing: {"running":"closing"} after run.break',
      'closing: {"running":"closing"} after run.continue',
      'closing: {"running":"closing"} after run.fatal',
      'closing: {"running":"closing"} after run.lost',
      'closing: {"running":"closing"} after run.throws',
      'closing: {"running":"reconnecting"} after reconnect',
      'closing: {"running":"suspending"} after suspend',
      'stopping: {"connecting":"stopping"} after stop',
      'stopping: {"connecting":"stopping"} after stop (at the end)',
      'stopping: {"running":"stopping"} after stop',
      'stopping: {"running":"stopping"} after stop (at the end)',
    ]);
  });

  it('is looked at until it fits, where time is real', async () => {
    let looks = 0;
    const stopping = () => assert.ok(++looks % 3 === 0);
    const eventually = { timeoutMs: 5000, intervalMs: 1 };
    await modelTest(configOf({ states: { ...states, stopping }, eventually })).explore({
      depth: 1,
    });
    expect(looks).toBeGreaterThan(3);
  });

  it('is not, where nobody looks', async () => {
    const walks = async (changes: Partial<Config['states']>) => {
      let worlds = 0;
      const world: Config['world'] = () => ({ script: newScript(), number: ++worlds });
      await modelTest(configOf({ world, states: { ...states, ...changes } }))
        .paths()[0]
        ?.run();
      return worlds;
    };
    expect(await walks({ closing: null, stopping: null })).toBe(1);
    expect(await walks({ closing: null })).toBe(2);
  });

  it('is the same connector: methods of a class, a release by a symbol, and what it lacks', async () => {
    const released: string[] = [];
    class Connection {
      [Symbol.dispose]() {
        released.push('disposed');
      }
    }
    class Mine {
      readonly #name = 'mine';
      readonly limiterKey = 'key';
      async connect() {
        return new Connection();
      }
      run(_: Connection, { signal }: { readonly signal: AbortSignal }): Promise<Continue> {
        released.push(this.#name);
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        );
      }
    }
    const made = modelTest<object, Connection, void>({
      world: () => ({}),
      connector: () => new Mine() as Connector<Connection, void>,
      create(connector, { clock, options, world }) {
        expect(connector).not.toHaveProperty('closed');
        expect(connector.limiterKey).toBe('key');
        expect(options.now).toBe(clock.now);
        expect(world).toEqual({});
        throw new Error('seen');
      },
      outcomes: configOf().outcomes as never,
      states: states as never,
    });
    await expect(made.explore({ depth: 1 })).rejects.toMatchObject({
      expected: 'the world and the actor to start',
      seen: 'Error: seen',
    });
    const paths = modelTest<object, Connection, void>({
      world: () => ({}),
      connector: () => new Mine() as Connector<Connection, void>,
      outcomes: Object.fromEntries(
        Object.keys(configOf().outcomes).map((name) => [name, null]),
      ) as never,
      states: states as never,
    });
    // It connects by itself, at once.
    await expect(paths.paths()[0]?.run()).rejects.toMatchObject({
      seen: 'running.settling, attempt 0',
    });
    expect(released).toContain('mine');
    expect(released).toContain('disposed');
  });
});

describe('what grows with each round', () => {
  it('of `steady`: fails at the third visit of a state, not at the second', async () => {
    const steady = (limit: number) => ({
      handlers: ({ script }: Scripted) => Math.min(limit, script.connections.length),
    });
    const error = await failureOf(configOf({ steady: steady(9) }), 4);
    expect(error).toMatchObject({
      field: 'steady.handlers',
      expected: 'no more of `handlers` with each round through the same state',
      seen: '0, then 1, then 2',
      path: ['connect.ok', 'reconnect', 'connect.ok', 'reconnect'],
    });
    await modelTest(configOf({ steady: steady(1) })).explore({ depth: 4 });
  });

  it('is counted until it fits, where time is real', async () => {
    let counts = 0;
    const eventually = { timeoutMs: 1000, intervalMs: 1 };
    const steady = { handlers: () => (counts++ % 3 === 0 ? counts : 0) };
    await modelTest(configOf({ steady, eventually })).paths({ cover: 'edges' })[0]?.run();
  });

  it('a listener that is taken back twice hides none that stays', async () => {
    const attach: Config['attach'] = (_world, actor) => {
      actor.on('connection.opened', () => {
        const listening = actor.on('connection.stable', () => {});
        listening.unsubscribe();
        listening.unsubscribe();
        actor.on('connection.stable', () => {});
      });
    };
    const error = await failureOf(configOf({ attach }), 4);
    expect(error.field).toBe('steady.listeners of the link');
  });
});

it('what an app logs beside is its own business', async () => {
  const { connector } = configOf();
  const test = modelTest(
    configOf({
      create(held, { logger, options, clock }) {
        for (const word of ['hello', undefined, new Error('no harm')]) logger(word);
        const link = createReconnectActor(held, { ...options, clock, logger }).start();
        return { link: () => link, stop: () => void link.stop() };
      },
      connector,
    }),
  );
  await test.explore({ depth: 1 });
});

describe('the moment', () => {
  it('has what remains of the wait, which is another at each attempt, and 0 elsewhere', async () => {
    const waits: number[] = [];
    const waiting: Config['states']['waiting'] = (_world, moment) =>
      void waits.push(moment.remainingMs);
    const running: Config['states']['running'] = (_world, moment) =>
      assert.equal(moment.remainingMs, 0);
    const test = modelTest(configOf({ states: { ...states, waiting, running } }));
    const path = test
      .paths({ cover: 'edges' })
      .find(({ steps }) => steps.filter((step) => step === 'connect.retryable').length > 2);
    await path?.run();
    await test.paths({ cover: 'edges' })[0]?.run();
    await test.explore({ depth: 1 });
    expect([...new Set(waits)]).toEqual([1000, 4000, 9000]);
  });

  it('counts down while an assertion lets time pass', async () => {
    const world: Config['world'] = ({ clock }) => ({ script: newScript(), clock }) as Scripted;
    const waiting: Config['states']['waiting'] = async (of, moment) => {
      await (of as unknown as { clock: { advance(ms: number): Promise<void> } }).clock.advance(400);
      assert.equal(moment.remainingMs, 600);
    };
    const test = modelTest(configOf({ world, states: { ...states, waiting } }));
    await test.explore({ depth: 1 });
  });
});

describe('what is said of a failure', () => {
  const wrong = () => assert.deepEqual({ line: { text: 'a' } }, { line: { text: 'b' } });

  it('the field that differs, and the line that threw', async () => {
    const error = await failureOf(configOf({ states: { ...states, running: wrong } }));
    expect(error.field).toBe('states.running');
    expect(error.line).toMatch(/^test\/unit\/testing\/findings\.test\.ts:\d+:\d+$/);
    expect(error.message).toContain('\n  differs in: line.text\n');
    expect(error.message).toContain(`\n  thrown at: ${error.line}\n`);
    const { line } = await failureOf(
      configOf({ states: { ...states, running: () => Promise.reject('bare') } }),
    );
    expect(line).toBeUndefined();
  });

  it.each([
    ['at async Object.<anonymous> (file:///a b/c.ts:1:2)', '/a b/c.ts:1:2'],
    ['at async /a/c.ts:1:2', '/a/c.ts:1:2'],
    ['show@https://host/c.js:1:2', 'https://host/c.js:1:2'],
    ['at C:\\a\\c.ts:1:2', 'C:\\a\\c.ts:1:2'],
    [`at ${process.cwd()}/node_modules/chai/c.js:1:2\nat /a/c.ts:3:4`, '/a/c.ts:3:4'],
    [`at ${process.cwd()}/node_modules/schmoozer/dist/c.js:1:2`, undefined],
    ['at node:internal/timers:1:2', undefined],
  ])('the line of %j is %s', (stack, line) => {
    expect(lineOf({ stack: `Error: no\n${stack}` })).toBe(line);
  });

  it('no line where there is no process', () => {
    const { process } = globalThis;
    Reflect.deleteProperty(globalThis, 'process');
    try {
      expect(lineOf({ stack: 'at /a/c.ts:1:2' })).toBe('/a/c.ts:1:2');
    } finally {
      globalThis.process = process;
    }
  });

  const endless: Record<string, unknown> = {};
  endless['self'] = endless;
  const other: Record<string, unknown> = {};
  other['self'] = other;
  it.each([
    [{ a: [1, 2] }, { a: [1, 3] }, 'a.1'],
    [{ a: 1 }, {}, 'a'],
    [{ a: 1 }, { a: 1 }, undefined],
    [endless, other, undefined],
    ['a', {}, undefined],
    [{}, null, undefined],
  ])('%j differs from %j in %s', (actual, expected, field) => {
    expect(differenceOf({ actual, expected })).toBe(field);
  });
});

describe('with `eventually`', () => {
  const eventually = { timeoutMs: 30, intervalMs: 1 };

  it('a resource that is left open comes before the assertion that fails with it', async () => {
    const stopped = () => assert.fail('not yet');
    const resources = { sockets: () => 1 };
    const error = await failureOf(
      configOf({ eventually, resources, states: { ...states, stopped } }),
    );
    expect(error).toMatchObject({ field: 'resources.sockets', seen: '1' });
  });

  it('also one that is opened while it looks', async () => {
    let isOpen = false;
    const stopped = () => {
      isOpen = true;
      assert.fail('not yet');
    };
    const resources = { sockets: () => Number(isOpen) };
    const error = await failureOf(
      configOf({ eventually, resources, states: { ...states, stopped } }),
    );
    expect(error).toMatchObject({ field: 'resources.sockets', step: 'stop (at the end)' });
  });

  it('the first assertion that failed comes before what became of it, which is told too', async () => {
    const world: Config['world'] = ({ clock }) => ({ script: newScript(), clock }) as Scripted;
    // It lets time pass while it looks: in the end the wait is over.
    const waiting: Config['states']['waiting'] = async (of) => {
      await (of as unknown as { clock: { advance(ms: number): Promise<void> } }).clock.advance(400);
      assert.equal('Offline', 'Offline, next attempt in 1 s');
    };
    const error = await failureOf(configOf({ world, eventually, states: { ...states, waiting } }));
    expect(error.field).toBe('states.waiting');
    expect(error.cause).toMatchObject({ actual: 'Offline' });
    expect(error.line).toMatch(/findings\.test\.ts:\d+/);
    expect(error.message).toMatch(
      /in the end, expected: waiting, attempt 1, a finite delay above 0 ms; seen: connecting, attempt 1/,
    );
  });

  it('tells what an assertion said in the end, too', async () => {
    let looks = 0;
    const running = () => assert.fail(`look ${++looks}`);
    const error = await failureOf(configOf({ eventually, states: { ...states, running } }));
    expect(error.seen).toBe('AssertionError: look 1');
    expect(error.message).toMatch(/in the end, expected: .*; seen: AssertionError: look \d+\n/);
  });

  it('says it once, if it did not change', async () => {
    const running = () => assert.fail('offline');
    const error = await failureOf(configOf({ eventually, states: { ...states, running } }));
    expect(error.message).not.toContain('in the end');
  });
});

describe('an exploration by chance', () => {
  it('makes the same sequences of the same seed, and ends the link with the last event at the earliest', async () => {
    const lives = async (seed?: number) => {
      const steps: string[] = [];
      const seen: Config['states']['running'] = (_world, { step }) => void steps.push(step);
      const all = { ...states, connecting: seen, running: seen, waiting: seen, suspended: seen };
      const test = modelTest(configOf({ states: all }));
      expect(
        await test.explore({ depth: 6, sequences: 20, ...(seed !== undefined && { seed }) }),
      ).toEqual({ depth: 6, sequences: 20 });
      return steps;
    };
    const first = await lives();
    expect(await lives(1)).toEqual(first);
    expect(await lives(2)).not.toEqual(first);
    // The start and five events at least, of each.
    expect(first.length).toBeGreaterThanOrEqual(20 * 6);
  });

  it('ends a link where nothing else is left', async () => {
    const outcomes = Object.fromEntries(
      Object.keys(configOf().outcomes).map((name) => [name, null]),
    ) as never;
    const options = { connectTimeoutMs: Infinity };
    const commands = { reconnect: [], suspend: [] };
    const test = modelTest(configOf({ outcomes, options, commands }));
    await test.explore({ depth: 6, sequences: 2 });
    expect(test.coverage.taken).toEqual(['connecting: stop']);
  });

  it('shrinks what fails to a sequence of which no event can be left out', async () => {
    // It fails when the third session is suspended.
    let sessions = 0;
    const world: Config['world'] = () => {
      sessions = 0;
      return { script: newScript() };
    };
    const suspended: Config['states']['suspended'] = ({ script }) => {
      sessions = script.connections.length;
      assert.ok(sessions < 3, 'too many');
    };
    const test = modelTest(configOf({ world, states: { ...states, suspended } }));
    const error: unknown = await test
      .explore({ depth: 30, sequences: 200 })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelTestError);
    const { path, shortest } = error as ModelTestError;
    expect(path.length).toBe(30);
    expect(shortest.filter((event) => event === 'connect.ok')).toHaveLength(3);
    expect(shortest.length).toBeLessThanOrEqual(8);
    expect(shortest.at(-1)).toBe('suspend');
  });
});
