import { Break, Continue, fatal, NotRestorableError } from 'schmoozer';
import {
  type GroupInput,
  groupLogic,
  type GroupLogicEmitted,
  type GroupSnapshot,
} from 'schmoozer/group';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { assign, createActor, emit, sendTo, setup, toPromise } from 'xstate';

const refused = new Error('401');

function start(names: readonly string[] = [], options: GroupInput['options'] = {}) {
  const clock = virtualClock();
  const scripts = new Map<string, ReturnType<typeof scriptedConnector>>();
  const define = (name: string) => {
    const script = scriptedConnector();
    scripts.set(name, script);
    return { name, connector: script.connector };
  };
  const input = {
    links: names.map(define),
    options: { limiter: false as const, now: clock.now, ...options },
  };
  const logged: unknown[] = [];
  const actor = createActor(groupLogic, { clock, input, logger: (line) => void logged.push(line) });
  const events: GroupLogicEmitted[] = [];
  actor.on('*', (event) => void events.push(event));
  actor.start();
  const settle = async (action: () => void) => {
    await clock.drain();
    action();
    await clock.drain();
  };
  const open = (name: string) => settle(() => scripts.get(name)?.connects.at(-1)?.resolve());
  const states = () =>
    Object.fromEntries(
      Object.entries(actor.getSnapshot().health.states).filter(([, count]) => count > 0),
    );
  return { clock, scripts, define, actor, events, settle, open, states, logged };
}

describe('groupLogic', () => {
  it('starts its links, and its snapshot has their health', async () => {
    const { actor, open, states, events, clock } = start(['a', 'b']);
    const seen: string[] = [];
    actor.subscribe(({ health }) => void seen.push(health.status));
    await clock.drain();
    expect(states()).toEqual({ connecting: 2 });
    await open('a');
    expect(states()).toEqual({ connecting: 1, online: 1 });
    await open('b');
    expect(seen).toEqual(['down', 'degraded', 'up']);
    expect(events.map(({ type }) => type)).toContain('connection.opened');
  });

  it('is told once of what changes in one turn', async () => {
    const { actor, clock } = start(Array.from({ length: 100 }, (_, i) => `${i}`));
    let changes = 0;
    actor.subscribe(() => void changes++);
    await clock.drain();
    expect(changes).toBe(1);
  });

  it('follows its commands', async () => {
    const { actor, define, open, states, settle, scripts, clock } = start(['a'], {
      restart: { intensity: 0 },
    });
    await settle(() => actor.send({ type: 'add', ...define('b') }));
    await open('a');
    await open('b');
    expect(states()).toEqual({ online: 2 });
    await settle(() => actor.send({ type: 'send', name: 'a', command: { type: 'reconnect' } }));
    expect(states()).toEqual({ closing: 1, online: 1 });
    await settle(() => actor.send({ type: 'send', command: { type: 'suspend' } }));
    await settle(() => actor.send({ type: 'send', name: 'nobody', command: { type: 'stop' } }));
    await settle(() => scripts.get('a')?.runs[0]?.reject(fatal(refused)));
    await settle(() => scripts.get('b')?.runs[0]?.resolve(Continue()));
    expect(states()).toEqual({ failed: 1, suspended: 1 });
    await settle(() => actor.send({ type: 'restart', name: 'a' }));
    expect(states()).toEqual({ connecting: 1, suspended: 1 });
    await settle(() => actor.send({ type: 'remove', name: 'b' }));
    expect(states()).toEqual({ connecting: 1 });
    await settle(() => actor.send({ type: 'sync', links: [define('c')] }));
    expect(states()).toEqual({ connecting: 1 });
    actor.send({ type: 'stop', order: 'reverse', reason: 'over' });
    await clock.advance(5000);
    expect(actor.getSnapshot()).toMatchObject({
      status: 'done',
      output: { status: 'stopped', reason: 'over', late: [] },
      health: { total: 1, states: { stopped: 1 } },
    });
    expect(await toPromise(actor)).toMatchObject({ status: 'stopped' });
    expect(clock.pending).toEqual([]);
  });

  it('rejects a command that it cannot follow, and goes on', async () => {
    const { actor, define, events, open, states } = start(['a']);
    const bad = [
      { type: 'add', ...define('a') },
      { type: 'sync', links: 7 },
      { type: 'stop', deadlineMs: -1 },
      { type: 'ad' },
    ];
    for (const command of bad) actor.send(command as never);
    const rejected = events.filter(({ type }) => type === 'command.rejected');
    expect(rejected.map((event) => ('command' in event ? event.command : undefined))).toEqual(bad);
    expect(rejected[0]).toMatchObject({ error: { code: 'ERR_INVALID_OPTION', option: 'name' } });
    await open('a');
    // `a` was defined twice; the first definition holds.
    expect(states()).toEqual({ connecting: 1 });
  });

  it('ends with its group when that gives up', async () => {
    const { actor, settle, scripts } = start(['a'], { restart: { intensity: 0, scope: 'group' } });
    await settle(() => scripts.get('a')?.connects[0]?.reject(fatal(refused)));
    expect(actor.getSnapshot()).toMatchObject({
      status: 'done',
      output: { status: 'failed', name: 'a', error: refused },
    });
  });

  it('ends all links at once when its actor is stopped', async () => {
    const { actor, open, scripts, clock } = start(['a', 'b'], { staggerMs: 50 });
    await open('a');
    actor.stop();
    expect(actor.getSnapshot()).toMatchObject({ status: 'stopped' });
    expect(scripts.get('a')?.live).toBe(0);
    expect(clock.pending).toEqual([]);
  });

  it('ends them in the middle of a stop, too', async () => {
    const { actor, open, scripts, clock } = start(['a', 'b']);
    await open('a');
    actor.send({ type: 'stop', order: ['a'] });
    actor.stop();
    await clock.drain();
    expect(scripts.get('a')?.live).toBe(0);
    expect(clock.pending).toEqual([]);
  });

  it('starts again with what it had by then, as in strict mode of React', async () => {
    const { actor, open, define, states, settle, scripts } = start(['a']);
    await settle(() => actor.send({ type: 'add', ...define('b') }));
    await settle(() => actor.send({ type: 'remove', name: 'a' }));
    const snapshot = actor.getSnapshot();
    actor.stop();
    Object.assign(actor, { _processingStatus: 0, _snapshot: snapshot });
    actor.start();
    await settle(() => {});
    await open('b');
    expect(states()).toEqual({ online: 1 });
    expect(scripts.get('a')?.connects).toHaveLength(1);
  });

  it('cannot be restored from a snapshot: its connectors are gone', async () => {
    const { actor } = start(['a']);
    const kept = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as GroupSnapshot;
    expect(kept).toMatchObject({ status: 'active', health: { total: 0 } });
    const next = createActor(groupLogic, { snapshot: kept as never, input: undefined });
    next.subscribe({ error: () => {} });
    next.start();
    expect(next.getSnapshot().error).toBeInstanceOf(NotRestorableError);
  });

  it.each<readonly [object, string]>([
    [{ link: [] }, '`link`'],
    [{ options: { staggerMs: -1 } }, '`staggerMs`'],
    [{ links: [{ name: 'a' }] }, '`connector`'],
  ])('refuses %o, as an error of the actor', (input, message) => {
    const actor = createActor(groupLogic, { input: input as never });
    actor.subscribe({ error: () => {} });
    actor.start();
    expect((actor.getSnapshot().error as Error).message).toContain(message);
  });

  it('works inside a parent, which hears of its end', async () => {
    const clock = virtualClock();
    const script = scriptedConnector();
    const app = setup({
      types: {} as { context: { online: number }; emitted: { type: 'health'; online: number } },
      actors: { devices: groupLogic },
    }).createMachine({
      context: { online: 0 },
      initial: 'working',
      states: {
        working: {
          invoke: {
            id: 'devices',
            src: 'devices',
            input: { options: { limiter: false } },
            onSnapshot: {
              actions: [
                assign({ online: ({ event }) => event.snapshot.health.states.online }),
                emit(({ context }) => ({ type: 'health', online: context.online })),
              ],
            },
            onDone: 'over',
          },
          on: {
            grow: {
              actions: sendTo('devices', { type: 'add', name: 'a', connector: script.connector }),
            },
            quit: { actions: sendTo('devices', { type: 'stop' }) },
          },
        },
        over: { type: 'final' },
      },
    });
    const actor = createActor(app, { clock }).start();
    actor.send({ type: 'grow' });
    await clock.drain();
    script.connects[0]?.resolve();
    await clock.drain();
    expect(actor.getSnapshot().context.online).toBe(1);
    actor.send({ type: 'quit' });
    script.runs[0]?.resolve(Break());
    await clock.drain();
    expect(actor.getSnapshot().value).toBe('over');
  });
});
