import { Break, redact, type ReconnectMachine, resumeFrom } from 'schmoozer';
import { scriptedConnector, type VirtualClock, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import {
  type AnyActorRef,
  type AnyStateMachine,
  assign,
  createActor,
  sendTo,
  setup,
  spawnChild,
} from 'xstate';
import { statePath } from '../../support/harness.js';
import { embedded } from '../../support/engine.js';

function parentOf(connector: unknown) {
  return setup({
    types: {
      context: {} as { result?: unknown; failure?: unknown },
      events: {} as { type: 'sign out' } | { type: 'new network' } | { type: 'leave' },
    },
    actors: { link: embedded },
  }).createMachine({
    context: {},
    initial: 'signedIn',
    states: {
      signedIn: {
        invoke: {
          id: 'link',
          src: 'link',
          input: () => ({ connector: redact(connector as never), connectTimeoutMs: 4000 }),
          onDone: { target: 'signedOut', actions: assign({ result: ({ event }) => event.output }) },
          onError: { target: 'broken', actions: assign({ failure: ({ event }) => event.error }) },
        },
        on: {
          'sign out': { actions: sendTo('link', { type: 'stop', reason: 'signed out' }) },
          'new network': { actions: sendTo('link', { type: 'reconnect' }) },
          leave: 'away',
        },
      },
      away: {},
      signedOut: {},
      broken: {},
    },
  });
}

function start(connector?: unknown) {
  const script = scriptedConnector();
  const clock = virtualClock();
  const parent = createActor(parentOf(connector ?? script.connector), { clock }).start();
  const link = () => parent.getSnapshot().children['link'];
  const linkState = () =>
    statePath((link()?.getSnapshot() as { value?: unknown } | undefined)?.value);
  return { script, clock, parent, link, linkState };
}

describe('invoked in a parent machine', () => {
  it('runs on the clock of the parent', async () => {
    const { clock, linkState } = start();
    expect(clock.pending).toEqual([4000]);
    await clock.advance(4000);
    expect(linkState()).toBe('waiting.delaying');
  });

  it('brings its output by onDone', async () => {
    const { script, clock, parent } = start();
    await clock.drain();
    script.connects[0]?.resolve();
    await clock.drain();
    script.runs[0]?.resolve(Break('bye'));
    await clock.drain();
    expect(parent.getSnapshot().value).toBe('signedOut');
    expect(parent.getSnapshot().context.result).toEqual({ status: 'completed', value: 'bye' });
  });

  it('takes commands by sendTo, and drains before onDone', async () => {
    const { script, clock, parent, linkState } = start();
    await clock.drain();
    script.connects[0]?.resolve();
    await clock.drain();
    parent.send({ type: 'new network' });
    expect(linkState()).toBe('running.reconnecting');
    parent.send({ type: 'sign out' });
    expect(linkState()).toBe('running.stopping');
    expect(parent.getSnapshot().value).toBe('signedIn');
    script.runs[0]?.reject(script.runs[0].argument.signal.reason);
    await clock.drain();
    expect(parent.getSnapshot().context.result).toEqual({
      status: 'stopped',
      reason: 'signed out',
    });
    expect(script.live).toBe(0);
  });

  it('releases the connection when the parent leaves the state, or is stopped', async () => {
    for (const end of ['leave', 'stop'] as const) {
      const { script, clock, parent } = start();
      await clock.drain();
      script.connects[0]?.resolve();
      await clock.drain();
      if (end === 'leave') parent.send({ type: 'leave' });
      else parent.stop();
      expect(script.live).toBe(0);
      expect(script.runs[0]?.argument.signal.reason).toMatchObject({ code: 'ERR_ACTOR_STOPPED' });
      expect(clock.pending).toEqual([]);
    }
  });

  it('releases a connection that comes after the parent has left', async () => {
    const { script, clock, parent } = start();
    await clock.drain();
    parent.send({ type: 'leave' });
    script.connects[0]?.resolve();
    await clock.drain();
    expect(script.connections).toEqual([{ id: 1, releases: 1 }]);
  });

  it('brings a bad option by onError', () => {
    const { parent } = start({ connect: 'no' });
    expect(parent.getSnapshot().value).toBe('broken');
    expect(parent.getSnapshot().context.failure).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      option: 'connector.connect',
    });
  });

  it('that was restored by its parent says so by onError', async () => {
    const { parent } = start();
    const snapshot = JSON.parse(JSON.stringify(parent.getPersistedSnapshot()));
    const link = parent.getSnapshot().children['link'];
    expect(resumeFrom(link?.getSnapshot() as never)).toEqual({ attempt: 0, epoch: 0 });
    parent.stop();
    const restored = createActor(parentOf(undefined), { snapshot, clock: virtualClock() }).start();
    expect(restored.getSnapshot().value).toBe('broken');
    expect(restored.getSnapshot().context.failure).toMatchObject({ code: 'ERR_NOT_RESTORABLE' });
  });
});

describe('spawned by a parent machine', () => {
  it('takes a bare connector and is released with the parent', async () => {
    const script = scriptedConnector<string>();
    const clock = virtualClock();
    const machine = setup({
      actors: { link: embedded as ReconnectMachine<string> },
    }).createMachine({
      entry: spawnChild('link', { id: 'a', input: { connector: script.connector } }),
    });
    const parent = createActor(machine, { clock }).start();
    await clock.drain();
    script.connects[0]?.resolve();
    await clock.drain();
    expect(script.live).toBe(1);
    parent.stop();
    expect(script.live).toBe(0);
  });
});

/** As in docs/embedding.md. */
function stopBelow(failed: AnyActorRef): void {
  for (const child of Object.values<AnyActorRef>(failed.getSnapshot().children)) {
    if (child.getSnapshot().status === 'error') stopBelow(child);
    else child.send({ type: 'stop' });
  }
}

describe('a parent that fails', () => {
  const failing = (connector: unknown) =>
    setup({
      actors: { link: embedded },
      actions: {
        fail: () => {
          throw new Error('bug');
        },
      },
    }).createMachine({
      invoke: {
        id: 'link',
        src: 'link',
        input: { connector: connector as never },
      },
      on: { fail: { actions: 'fail' } },
    });

  async function online(machine: AnyStateMachine, script: ReturnType<typeof scriptedConnector>) {
    const clock = virtualClock();
    const root = createActor(machine, { clock });
    const errors: unknown[] = [];
    root.subscribe({
      error(error) {
        errors.push(error);
        stopBelow(root);
      },
    });
    root.start();
    await clock.drain();
    script.connects[0]?.resolve();
    await clock.drain();
    expect(script.live).toBe(1);
    return { clock, root, errors };
  }

  async function expectOver(clock: VirtualClock, script: ReturnType<typeof scriptedConnector>) {
    expect(script.runs[0]?.argument.signal.aborted).toBe(true);
    await clock.advance(100_000);
    expect(script.live).toBe(0);
    expect(script.connects).toHaveLength(1);
    expect(clock.pending).toEqual([]);
  }

  it('as the root stops its link where its error is heard', async () => {
    const script = scriptedConnector();
    const { clock, root, errors } = await online(failing(script.connector), script);
    root.send({ type: 'fail' });
    expect(errors).toEqual([new Error('bug')]);
    await expectOver(clock, script);
  });

  it('inside another has its link stopped by the onError of its invocation', async () => {
    const script = scriptedConnector();
    const inner = failing(script.connector);
    const outer = setup({ actors: { inner } }).createMachine({
      initial: 'working',
      states: {
        working: {
          invoke: {
            id: 'inner',
            src: 'inner',
            onError: {
              target: 'broken',
              actions: ({ self }) => stopBelow(self),
            },
          },
        },
        broken: {},
      },
    });
    const { clock, root, errors } = await online(outer, script);
    root.getSnapshot().children['inner'].send({ type: 'fail' });
    expect(root.getSnapshot().value).toBe('broken');
    expect(errors).toEqual([]);
    await expectOver(clock, script);
  });
});

describe('one machine', () => {
  // The deadline is for a hang; how long it takes is no part of the claim.
  it('serves 5000 running actors', { timeout: 60_000 }, async () => {
    const clock = virtualClock();
    const connector = { connect: async () => ({}), run: () => new Promise<never>(() => {}) };
    const actors = Array.from({ length: 5000 }, () =>
      createActor(embedded, { clock, input: { connector } }).start(),
    );
    await clock.drain();
    expect(actors.every((actor) => actor.getSnapshot().hasTag('online'))).toBe(true);
    expect(new Set(actors.map(({ logic }) => logic))).toEqual(new Set([embedded]));
    for (const actor of actors) actor.stop();
    expect(clock.pending).toEqual([]);
  });
});
