import {
  constantBackoff,
  Continue,
  InvalidOptionError,
  NotRestorableError,
  type ReconnectCommand,
} from 'schmoozer';
import { reconnectLogic } from 'schmoozer/compiled';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { createActor, setup } from 'xstate';
import { places, statePath } from '../../support/harness.js';

function start(options: object = {}) {
  const script = scriptedConnector({ retryDelay: false, closed: true, probe: true });
  const clock = virtualClock();
  const logic = reconnectLogic(() => script.connector, {
    backoff: constantBackoff(1000),
    now: clock.now,
    ...options,
  });
  const actor = createActor(logic, { clock }).start();
  const state = () => statePath(actor.getSnapshot().value);
  const settle = async (action: () => void) => {
    await clock.drain();
    action();
    await clock.drain();
  };
  return { script, clock, logic, actor, state, settle };
}

type Link = ReturnType<typeof start>;

/** What `useActorRef` of @xstate/react does when React runs an effect again: strict mode, a hidden `<Activity>`. */
function startAgain({ actor }: Link, kept = actor.getSnapshot()): void {
  actor.stop();
  Object.assign(actor, { _processingStatus: 0, _snapshot: kept });
  actor.start();
}

describe('bound to its connector', () => {
  it('needs no input, and makes a connector for each actor', async () => {
    const made: object[] = [];
    const clock = virtualClock();
    const link = reconnectLogic(() => {
      const { connector } = scriptedConnector();
      made.push(connector);
      return connector;
    });
    const parent = createActor(
      setup({ actors: { link } }).createMachine({
        invoke: [
          { id: 'one', src: 'link' },
          { id: 'two', src: 'link', input: { connectTimeoutMs: 70 } },
        ],
      }),
      { clock },
    ).start();
    expect(made).toHaveLength(2);
    expect(clock.pending).toEqual([70, 20_000]);
    expect(Object.keys(parent.getSnapshot().children)).toEqual(['one', 'two']);
  });

  it('refuses a connector where a function that makes one is due', () => {
    expect(() => reconnectLogic(scriptedConnector().connector as never)).toThrow(
      /^`connect` must be a function; received/,
    );
  });

  it('refuses an option, as an error of the actor', () => {
    const logic = reconnectLogic(() => scriptedConnector().connector, { connectTimeoutMs: -1 });
    expect(createActor(logic).getSnapshot().error).toBeInstanceOf(InvalidOptionError);
  });

  it('resumes from a snapshot that was kept, with the wait of its attempt', async () => {
    const { actor, script, settle, logic, clock } = start();
    await settle(() => script.connects[0]?.reject(new Error('refused')));
    const kept = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as never;
    const next = createActor(logic, { clock, snapshot: kept }).start();
    expect(next.getSnapshot()).toMatchObject({
      value: { waiting: 'delaying' },
      context: { attempt: 1, epoch: 0 },
    });
  });

  describe('as a child of a parent that was kept', () => {
    /** A parent whose link has a session, and the same parent made from what is kept of it after a command. */
    async function kept(command?: ReconnectCommand['type'], runEnds = false) {
      const { logic, clock, script } = start();
      const machine = setup({ actors: { link: logic } }).createMachine({
        initial: 'working',
        states: {
          working: { invoke: { id: 'link', src: 'link', onDone: 'over' } },
          over: { type: 'final' },
        },
      });
      const linkOf = (parent: typeof first) => parent.getSnapshot().children['link'];
      const first = createActor(machine, { clock }).start();
      await clock.drain();
      for (const connect of script.connects) connect.resolve();
      await clock.drain();
      if (command !== undefined) linkOf(first)?.send({ type: command });
      if (runEnds) script.runs.at(-1)?.reject(new Error('over'));
      await clock.drain();
      const snapshot = JSON.parse(JSON.stringify(first.getPersistedSnapshot())) as never;
      const connects = script.connects.length;
      const heard: string[] = [];
      const next = createActor(machine, { clock, snapshot });
      linkOf(next)?.on('*' as never, ({ type }: { type: string }) => void heard.push(type));
      next.start();
      await clock.drain();
      const value: unknown = linkOf(next)?.getSnapshot().value;
      const parent = next.getSnapshot().value;
      return { parent, value, heard, connects: script.connects.length - connects };
    }

    it.each(['reconnect', undefined] as const)('connects after %s', async (command) => {
      expect(await kept(command)).toEqual({
        parent: 'working',
        value: { connecting: 'attempting' },
        heard: ['attempt.started'],
        connects: 1,
      });
    });

    it.each([false, true])('stays suspended, the session over: %s', async (runEnds) => {
      expect(await kept('suspend', runEnds)).toEqual({
        parent: 'working',
        value: { waiting: 'suspended' },
        heard: ['link.suspended'],
        connects: 0,
      });
    });

    it('ends if it was stopping, and the parent hears of it', async () => {
      expect(await kept('stop')).toEqual({
        parent: 'over',
        value: undefined,
        heard: ['link.ended'],
        connects: 0,
      });
    });
  });

  it('resumes from what was kept after its actor had been stopped', async () => {
    const { actor, script, settle, logic, clock } = start();
    await settle(() => script.connects[0]?.resolve());
    actor.stop();
    const kept = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as never;
    const next = createActor(logic, { clock, snapshot: kept }).start();
    expect(next.getSnapshot()).toMatchObject({ status: 'active', context: { epoch: 1 } });
    await settle(() => script.connects[1]?.resolve());
    expect(next.getSnapshot().context.epoch).toBe(2);
  });

  it('stays at its end', async () => {
    const { actor, logic } = start();
    actor.send({ type: 'stop' });
    const kept = actor.getPersistedSnapshot();
    const next = createActor(logic, { snapshot: JSON.parse(JSON.stringify(kept)) as never });
    expect(next.start().getSnapshot()).toMatchObject({ status: 'done', value: 'stopped' });
  });
});

it('without a connector of its own it cannot be restored, and says so', () => {
  const { actor } = start();
  const kept = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as never;
  const next = createActor(reconnectLogic(), { snapshot: kept, input: undefined as never });
  const errors: unknown[] = [];
  next.subscribe({ error: (error) => void errors.push(error) });
  next.start();
  expect(errors).toMatchObject([{ name: NotRestorableError.name }]);
});

describe('stopped and started again from its snapshot, as in React’s strict mode', () => {
  it('connects once if that happens at once', async () => {
    const h = start();
    startAgain(h);
    await h.settle(() => h.script.connects[0]?.resolve());
    expect([h.state(), h.script.connects.length]).toEqual(['running.settling', 1]);
    expect(h.script.connections).toEqual([{ id: 1, releases: 0 }]);
  });

  it('connects again if `connect` was under way, and releases what the first one still opens', async () => {
    const h = start();
    await h.clock.drain();
    startAgain(h);
    await h.clock.drain();
    expect(h.script.connects[0]?.argument.signal.reason).toMatchObject({
      code: 'ERR_ACTOR_STOPPED',
    });
    await h.settle(() => h.script.connects[0]?.resolve());
    expect([h.state(), h.script.live]).toEqual(['connecting.attempting', 0]);
    await h.settle(() => h.script.connects[1]?.resolve());
    expect([h.state(), h.script.live]).toEqual(['running.settling', 1]);
  });

  it('reconnects if a session was on: its connection was released with the stop', async () => {
    const h = start();
    await h.settle(() => h.script.connects[0]?.resolve());
    startAgain(h);
    await h.clock.drain();
    expect(h.state()).toBe('waiting.delaying');
    expect(h.actor.getSnapshot().context).toMatchObject({
      attempt: 1,
      lastError: { code: 'ERR_ACTOR_STOPPED' },
    });
    await h.clock.advance(1000);
    await h.settle(() => h.script.connects[1]?.resolve());
    await h.settle(() => h.script.runs[1]?.resolve(Continue()));
    expect(h.script.live).toBe(0);
  });

  it('goes on with its delay', async () => {
    const h = start();
    await h.settle(() => h.script.connects[0]?.reject(new Error('refused')));
    startAgain(h);
    expect([h.state(), h.clock.pending]).toEqual(['waiting.delaying', [1000]]);
  });

  it('starts nothing where nothing is on', async () => {
    const h = start();
    await h.settle(() => h.script.connects[0]?.reject(new Error('refused')));
    h.actor.send({ type: 'suspend' });
    startAgain(h);
    expect([h.state(), h.clock.pending]).toEqual(['waiting.suspended', []]);
  });

  it('in every place that has a timer the timer runs again', async () => {
    const { leaves, again } = await import('../../../src/compiled/steps.generated.js');
    const set: string[] = [];
    for (const path of places) {
      const leaf = leaves.find((each) => each.path === path);
      const link = {
        enter: () => {},
        startChild: () => {},
        setTimer: ({ type }: { type: string }) => void set.push(type.split('.').slice(4).join('.')),
      };
      const { context } = start().actor.getSnapshot();
      again(link as never, { context, event: { type: 'xstate.init' } }, leaf as never)();
    }
    expect(set).toEqual(places.filter((path) => !/queued|stable|deciding|suspended$/.test(path)));
  });
});

it('an error of the clock ends it, and no timer is left', async () => {
  const bug = new Error('no time');
  let isBroken = false;
  const h = start({
    now: () => {
      if (isBroken) throw bug;
      return 0;
    },
  });
  const errors: unknown[] = [];
  h.actor.subscribe({ error: (error) => void errors.push(error) });
  await h.clock.drain();
  isBroken = true;
  await h.settle(() => h.script.connects[0]?.resolve());
  expect(errors).toEqual([bug]);
  expect(h.clock.pending).toEqual([]);
});

it('an error of a child that nobody expects ends it', async () => {
  const h = start();
  const errors: unknown[] = [];
  h.actor.subscribe({ error: (error) => void errors.push(error) });
  await h.settle(() => h.script.connects[0]?.resolve());
  h.actor.send({ type: 'xstate.error.actor.retryDelay', error: 'odd' } as never);
  expect([errors, h.script.live, h.clock.pending]).toEqual([['odd'], 0, []]);
});

it('probes, and aborts, as the machine does', async () => {
  const h = start();
  await h.settle(() => h.script.connects[0]?.resolve());
  h.actor.send({ type: 'probe' });
  expect(h.script.probes).toHaveLength(1);
  h.actor.send({ type: 'reconnect' });
  expect(h.script.runs[0]?.argument.signal.aborted).toBe(true);
});
