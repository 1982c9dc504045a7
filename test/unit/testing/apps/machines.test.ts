import assert from 'node:assert/strict';
import { type Connector, reconnectMachineOf, type ReconnectOptions } from 'schmoozer';
import { reconnectLogic } from 'schmoozer/compiled';
import { modelTest, type ModelTestLink, type ScriptedConnection } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { createActor, sendTo, setup } from 'xstate';
import { appMachineOf } from '../../../../examples/app-machine/appMachine.js';
import { supervisorOf } from '../../../../examples/supervisor/supervisor.js';
import { newScript, obedient, type Scripted, scripted } from './script.js';

/** With what of the app the assertions look at. */
interface World extends Scripted {
  shown: () => unknown;
}

type Connect = () => Connector<ScriptedConnection, unknown>;

describe('an app machine', () => {
  const test = modelTest({
    ...scripted<World>(),
    world: () => ({ script: newScript(), shown: () => undefined }),
    create(connector, { world, clock, logger, options }) {
      const app = createActor(
        appMachineOf(() => connector, options),
        { clock, logger },
      );
      app.start();
      app.send({ type: 'sign in', user: 'ann' });
      world.shown = () => app.getSnapshot().value;
      return {
        link: () => app.getSnapshot().children['link'] as ModelTestLink | undefined,
        send: ({ type }) => app.send({ type: type === 'stop' ? 'sign out' : 'retry now' }),
        stop: () => void app.stop(),
      };
    },
    // "retry now" is there while the app is degraded.
    commands: { reconnect: ['connecting', 'waiting'], probe: [] },
    states: {
      connecting: ({ shown }) => assert.deepEqual(shown(), { signedIn: 'degraded' }),
      running: ({ shown }) => assert.deepEqual(shown(), { signedIn: 'online' }),
      waiting: ({ shown }) => assert.deepEqual(shown(), { signedIn: 'degraded' }),
      closing: ({ shown }) => assert.deepEqual(shown(), { signedIn: 'degraded' }),
      stopping: ({ shown }) => assert.deepEqual(shown(), { signedIn: 'signingOut' }),
      suspended: null,
      stopped: ({ shown }) => assert.equal(shown(), 'signedOut'),
    },
  });

  it('passes every pair of edges', async () => {
    for (const path of test.paths({ maxAttempt: 1 })) await path.run();
    test.coverage.assertComplete();
    expect(test.coverage.taken).toContain('waiting: reconnect');
    expect(test.coverage.taken).not.toContain('running.stable: reconnect');
  });

  it('passes 1000 sequences of 8 events, by chance', async () => {
    const before = process.cpuUsage();
    expect(await test.explore({ depth: 8, sequences: 1000 })).toEqual({
      depth: 8,
      sequences: 1000,
    });
    const { user, system } = process.cpuUsage(before);
    console.log(`1000 sequences of the app machine: ${Math.round((user + system) / 1000)} ms CPU`);
  }, 120_000);
});

describe('a supervisor', () => {
  it('passes every edge with one endpoint, and a failed link rests for longer than the kit listens', async () => {
    const test = modelTest({
      ...scripted<World>(),
      world: () => ({ script: newScript(), shown: () => undefined }),
      create(connector, { world, clock, now, logger, options }) {
        const machine = supervisorOf({ connect: () => connector, options, now });
        const restart = { maxRestarts: 1, withinMs: 60_000, delayMs: 60_000 };
        const app = createActor(machine, { clock, logger, input: { names: ['a'], restart } });
        app.start();
        world.shown = () => app.getSnapshot().context.endpoints['a']?.status;
        return {
          link: () => app.getSnapshot().context.endpoints['a']?.link as ModelTestLink | undefined,
          stop: () => void app.stop(),
        };
      },
      states: {
        connecting: ({ shown }) => assert.equal(shown(), 'offline'),
        running: ({ shown }) => assert.equal(shown(), 'online'),
        waiting: ({ shown }) => assert.equal(shown(), 'offline'),
        closing: ({ shown }) => assert.equal(shown(), 'offline'),
        stopping: ({ shown }) => assert.equal(shown(), 'offline'),
        suspended: ({ shown }) => assert.equal(shown(), 'offline'),
        stopped: ({ shown }, { snapshot }) =>
          assert.equal(shown(), snapshot.output?.status === 'failed' ? 'resting' : 'ended'),
      },
    });
    for (const path of test.paths({ cover: 'edges', maxAttempt: 1 })) await path.run();
    test.coverage.assertComplete();
  });
});

/** A parent of our own, with a mistake. */
function parentOf(link: ReturnType<typeof linkOf>, mistake?: string) {
  return setup({
    actors: { link },
    types: { events: {} as { type: 'quit' } | { type: 'again' } },
  }).createMachine({
    initial: 'on',
    states: {
      on: {
        invoke: {
          id: 'link',
          systemId: 'link',
          src: 'link',
          onDone: mistake === 'begins another' ? 'again' : 'off',
        },
        on: {
          quit:
            mistake === 'leaves the state' ? 'off' : { actions: sendTo('link', { type: 'stop' }) },
        },
      },
      again: { after: { 1000: 'on' } },
      off: mistake === 'keeps a timer' ? { after: { 60_000: 'on' } } : {},
    },
  });
}

function linkOf(engine: string, connect: Connect, options: ReconnectOptions) {
  const link =
    engine === 'compiled' ? reconnectLogic(connect, options) : reconnectMachineOf(connect, options);
  return link as ReturnType<typeof reconnectMachineOf<ScriptedConnection, unknown>>;
}

const nothing = () => {};
const states = {
  connecting: nothing,
  running: nothing,
  waiting: nothing,
  suspended: nothing,
  stopped: nothing,
  closing: nothing,
  stopping: nothing,
};

describe.each(['xstate', 'compiled'])('a parent of a link of the engine %s', (engine) => {
  const testOf = (mistake?: string) =>
    modelTest({
      ...scripted<Scripted>(),
      states,
      world: () => ({ script: newScript() }),
      create(connector, { clock, logger, options }) {
        const parent = parentOf(
          linkOf(engine, () => connector, options),
          mistake,
        );
        const app = createActor(parent, { clock, logger }).start();
        return {
          link: () => app.system.get('link'),
          send(command) {
            if (command.type === 'stop') app.send({ type: 'quit' });
            else app.system.get('link').send(command);
          },
          ...(mistake !== 'keeps a timer' && { stop: () => void app.stop() }),
        };
      },
    });

  it('passes every edge', async () => {
    const test = testOf();
    for (const path of test.paths({ cover: 'edges', maxAttempt: 1 })) await path.run();
    test.coverage.assertComplete();
  });

  it.each([
    ['leaves the state', 'stopped, stopped', 'connecting, and its actor was halted there'],
    ['begins another', 'stopped, stopped', 'connecting, attempt 0'],
    ['keeps a timer', 'no timer left on the clock when all has ended', '1'],
  ])('that %s is found out', async (mistake, expected, seen) => {
    await expect(testOf(mistake).explore({ depth: 1 })).rejects.toMatchObject({ expected, seen });
  });
});

describe('a link', () => {
  it('that could not be made is said so', async () => {
    const test = modelTest({
      ...scripted<Scripted>(),
      states,
      world: () => ({ script: newScript() }),
      create(connector) {
        const link = createActor(reconnectMachineOf(() => connector, { gracePeriodMs: -1 }));
        link.subscribe({ error() {} });
        link.start();
        return { link: () => link };
      },
    });
    await expect(test.explore({ depth: 1 })).rejects.toMatchObject({
      step: 'start',
      seen: expect.stringContaining('an actor that has failed with InvalidOptionError'),
    });
  });

  it('that is halted before it has stopped is said so', async () => {
    const test = modelTest({
      ...scripted<Scripted>(),
      // Its `run` does not end when it is told to.
      connector: ({ script }) => ({ ...obedient(script), run: script.connector.run }),
      states,
      world: () => ({ script: newScript() }),
      create(connector, { clock, options }) {
        const link = createActor(
          reconnectMachineOf(() => connector, options),
          { clock },
        ).start();
        return {
          link: () => link,
          send(command) {
            link.send(command);
            if (command.type === 'stop') clock.setTimeout(() => link.stop(), 10);
          },
        };
      },
    });
    const stop = test.paths({ cover: 'edges' }).find(({ name }) => name === 'connect.ok → stop');
    await expect(stop?.run()).rejects.toMatchObject({
      expected: 'stopped, stopped',
      seen: 'running.stopping, and its actor was halted there',
    });
  });
});

it('a link that is not found is said so', async () => {
  const test = modelTest({
    ...scripted<Scripted>(),
    states,
    world: () => ({ script: newScript() }),
    create: () => ({ link: () => undefined }),
  });
  await expect(test.explore({ depth: 1 })).rejects.toMatchObject({
    field: 'create',
    expected: '`create` to return a `link` that finds the actor of a link',
  });
});
