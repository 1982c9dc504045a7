import { useSelector } from '@xstate/react';
import { Break, type ReconnectEmitted, resumeFrom } from 'schmoozer';
import { type CompiledActor, createReconnectActor } from 'schmoozer/compiled';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { from } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type AnyActorRef, createActor, sendTo, setup, toPromise, waitFor } from 'xstate';

function start(options: object = {}) {
  const script = scriptedConnector<string>();
  const clock = virtualClock();
  const logged: unknown[] = [];
  const actor: CompiledActor<string> = createReconnectActor(script.connector, {
    clock,
    now: clock.now,
    logger: (...args) => void logged.push(...args),
    ...options,
  });
  const open = async () => {
    actor.start();
    await clock.drain();
    script.connects.at(-1)?.resolve();
    await clock.drain();
  };
  return { script, clock, actor, logged, open };
}

describe('XState’s helpers take it for an actor of theirs', () => {
  it('toPromise, before the end and after it', async () => {
    const { script, clock, actor, open } = start();
    const output = toPromise(actor);
    await open();
    script.runs[0]?.resolve(Break('bye'));
    await clock.drain();
    expect(await output).toEqual({ status: 'completed', value: 'bye' });
    expect(await toPromise(actor)).toEqual({ status: 'completed', value: 'bye' });
  });

  it('waitFor', async () => {
    const { script, clock, actor } = start();
    const online = waitFor(actor.start(), (snapshot) => snapshot.hasTag('online'));
    await clock.drain();
    script.connects[0]?.resolve();
    expect((await online).value).toEqual({ running: 'settling' });
  });

  it('sendTo of a machine that has it in its context, whose snapshot can be kept', async () => {
    const { clock, actor, open } = start();
    await open();
    const machine = setup({ types: { context: {} as { link: AnyActorRef } } }).createMachine({
      context: { link: actor },
      on: { quit: { actions: sendTo(({ context }) => context.link, { type: 'stop' }) } },
    });
    const parent = createActor(machine).start();
    expect(parent.getPersistedSnapshot()).toMatchObject({
      context: { link: { xstate$$type: 1, id: actor.id } },
    });
    expect(JSON.parse(JSON.stringify(actor))).toEqual({ xstate$$type: 1, id: actor.id });
    parent.send({ type: 'quit' });
    await clock.drain();
    expect(actor.getSnapshot().hasTag('stopping')).toBe(true);
  });

  it('useSelector of @xstate/react', () => {
    const { actor } = start();
    const View = () =>
      createElement('p', undefined, String(useSelector(actor, (s) => s.hasTag('offline'))));
    expect(renderToString(createElement(View))).toBe('<p>true</p>');
  });

  it('from of RxJS', async () => {
    const { actor, open } = start();
    const seen: unknown[] = [];
    from(actor).subscribe(({ value }) => void seen.push(value));
    await open();
    expect(seen).toEqual([
      { connecting: 'attempting' },
      { connecting: 'attempting' },
      { running: 'settling' },
    ]);
  });

  it('select, which reports what has changed of a part', async () => {
    const { actor, open } = start();
    const epoch = actor.select(({ context }) => context.epoch);
    const heard: number[] = [];
    const { unsubscribe } = epoch.subscribe((value) => void heard.push(value));
    epoch.subscribe({ next: (value) => void heard.push(value * 10) });
    epoch.subscribe({});
    const seldom: number[] = [];
    actor
      .select(
        (s) => s.context.epoch,
        () => true,
      )
      .subscribe((value) => void seldom.push(value));
    await open();
    expect([epoch.get(), heard, seldom]).toEqual([1, [1, 10], []]);
    unsubscribe();
  });

  it('its ids, its source and its reference', () => {
    const [one, two] = [start().actor, start({ id: 'mine' }).actor];
    expect(one.id).toMatch(/^link:\d+$/);
    expect([one.sessionId, one.ref, one.src]).toEqual([one.id, one, 'reconnect']);
    expect([two.id, two.sessionId]).toEqual(['mine', 'mine']);
    expect(one.system.get('any')).toBeUndefined();
    expect(one.system.getAll()).toEqual({});
  });

  it('and a spy may take the place of send, which can be passed on', () => {
    const { actor } = start();
    const { send } = actor;
    send({ type: 'stop' });
    const sent: string[] = [];
    actor.send = ({ type }) => void sent.push(type);
    actor.send({ type: 'suspend' });
    expect(sent).toEqual(['suspend']);
    expect(actor.start().getSnapshot().status).toBe('done');
  });
});

describe('a snapshot', () => {
  it('is the same object until something happens', async () => {
    const { actor, open } = start();
    await open();
    const first = actor.getSnapshot();
    actor.send({ type: 'resume' });
    expect(actor.getSnapshot()).toBe(first);
    actor.send({ type: 'reconnect' });
    expect(actor.getSnapshot()).not.toBe(first);
    expect(first.value).toEqual({ running: 'settling' });
  });

  it('answers as XState’s does', async () => {
    const { actor, open } = start();
    await open();
    const snapshot = actor.getSnapshot();
    expect(snapshot).toMatchObject({ status: 'active', output: undefined, error: undefined });
    expect([...snapshot.tags]).toEqual(['online']);
    expect(
      (['running', { running: 'settling' }, { running: 'stable' }, 'stopped'] as const).map(
        (value) => snapshot.matches(value),
      ),
    ).toEqual([true, true, false, false]);
    expect(snapshot.matches('running.settling' as never)).toBe(true);
    expect(snapshot.matches('run' as never)).toBe(false);
    expect((['stop', 'resume'] as const).map((type) => snapshot.can({ type }))).toEqual([
      true,
      false,
    ]);
    expect([snapshot.children, snapshot.getMeta()]).toEqual([{}, {}]);
  });

  it('cannot be told to reconnect before `connect` is called', async () => {
    const { actor, clock } = start();
    expect(actor.getSnapshot().can({ type: 'reconnect' })).toBe(false);
    actor.start();
    await clock.drain();
    expect(actor.getSnapshot().can({ type: 'reconnect' })).toBe(true);
  });

  it('is kept as plain data, from which another actor resumes', async () => {
    const { actor, open, script, clock } = start();
    await open();
    const kept = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as typeof actor extends {
      getPersistedSnapshot: () => infer T;
    }
      ? T & { context: { attempt: number; epoch: number } }
      : never;
    expect(resumeFrom(kept)).toEqual({ attempt: 0, epoch: 1 });
    expect(JSON.parse(JSON.stringify(actor.getSnapshot()))).toMatchObject({
      status: 'active',
      value: { running: 'settling' },
      tags: ['online'],
      children: {},
    });
    script.runs[0]?.reject(new TypeError('bug'));
    await clock.drain();
    expect(JSON.parse(JSON.stringify(actor.getPersistedSnapshot()))).toMatchObject({
      status: 'done',
      output: { status: 'failed', error: { name: 'TypeError', message: 'bug' } },
    });
  });
});

describe('an error of the actor itself', () => {
  /** A clock that breaks when the timer of a session is to be set. */
  function broken() {
    const clock = virtualClock();
    let timers = 0;
    const bug = new Error('no more timers');
    const setTimeout = (callback: () => void, ms: number) => {
      timers += 1;
      if (timers > 1) throw bug;
      return clock.setTimeout(callback, ms);
    };
    return { bug, harness: start({ clock: { ...clock, setTimeout } }), clock };
  }

  it('is told to observers, and ends it', async () => {
    const { bug, harness, clock } = broken();
    const { actor, script } = harness;
    const errors: unknown[] = [];
    actor.subscribe({ error: (error: unknown) => void errors.push(error) });
    actor.start();
    await clock.drain();
    script.connects[0]?.resolve();
    await clock.drain();
    expect(errors).toEqual([bug]);
    expect(actor.getSnapshot()).toMatchObject({ status: 'error', error: bug, output: undefined });
    actor.subscribe({ error: (error: unknown) => void errors.push(error) });
    expect(errors).toEqual([bug, bug]);
    await expect(toPromise(actor)).rejects.toBe(bug);
    actor.send({ type: 'stop' });
    actor.stop();
    expect(actor.getSnapshot().status).toBe('error');
  });

  it('ends the process if nobody takes it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { bug, harness, clock } = broken();
    const { actor, script } = harness;
    actor.subscribe({ next: () => {} });
    actor.start();
    await clock.drain();
    script.connects[0]?.resolve();
    await clock.drain();
    expect(() => vi.runAllTimers()).toThrow(bug);
    actor.subscribe(() => {});
    expect(() => vi.runAllTimers()).toThrow(bug);
  });

  it('may come with the start', () => {
    const bug = new Error('no timers');
    const setTimeout = () => {
      throw bug;
    };
    const { actor } = start({ clock: { setTimeout, clearTimeout() {} } });
    const errors: unknown[] = [];
    actor.subscribe({ error: (error: unknown) => void errors.push(error) });
    actor.start();
    expect(errors).toEqual([bug]);
  });

  it.each([undefined, null, {}])(
    'is an event that is %j: XState ends by it, too',
    async (event) => {
      const { actor, open } = start();
      const errors: unknown[] = [];
      actor.subscribe({ error: (error: unknown) => void errors.push(error) });
      await open();
      actor.send(event as never);
      expect(errors).toMatchObject([{ name: 'TypeError' }]);
      expect(actor.getSnapshot().status).toBe('error');
    },
  );

  it('is a child’s that nobody expects', async () => {
    const { actor, script, open } = start();
    await open();
    const bug = new Error('of whom?');
    const errors: unknown[] = [];
    actor.subscribe({ error: (error: unknown) => void errors.push(error) });
    actor.send({ type: 'xstate.error.actor.retryDelay', error: bug } as never);
    expect(errors).toEqual([bug]);
    expect(script.live).toBe(0);
  });
});

describe('listeners', () => {
  it('hear of one type, or of all, until they leave', async () => {
    const { actor, open } = start();
    const heard: string[] = [];
    const all = actor.on('*', ({ type }) => void heard.push(`all ${type}`));
    const one = actor.on('connection.opened', ({ epoch }) => void heard.push(`opened ${epoch}`));
    await open();
    expect(heard).toEqual(['all attempt.started', 'opened 1', 'all connection.opened']);
    all.unsubscribe();
    one.unsubscribe();
    actor.send({ type: 'stop' });
    expect(heard).toHaveLength(3);
  });

  it('that throw are told to the logger', async () => {
    const { actor, logged, open } = start();
    const bug = new Error('bug');
    actor.on('connection.opened', (_event: ReconnectEmitted) => {
      throw bug;
    });
    await open();
    expect(logged).toMatchObject([{ name: 'ListenerError', cause: bug }]);
    expect(actor.getSnapshot().hasTag('online')).toBe(true);
  });

  it('observers that come after a stop hear nothing', () => {
    const { actor } = start();
    actor.start().stop();
    const heard: string[] = [];
    actor.subscribe({
      next: () => void heard.push('next'),
      complete: () => void heard.push('complete'),
      error: () => void heard.push('error'),
    });
    expect([actor.getSnapshot().status, heard]).toEqual(['stopped', []]);
  });
});

it('is not started twice', async () => {
  const { actor, clock, script } = start();
  actor.start().start();
  await clock.drain();
  expect(script.connects).toHaveLength(1);
  actor.stop();
  actor.start();
  await clock.drain();
  expect(script.connects).toHaveLength(1);
});

it.each([
  ['inspect', () => {}],
  ['systemId', 'link'],
] as const)('refuses `%s`, and names the import that has it', (name, value) => {
  const { connector } = scriptedConnector();
  const expected = `\`${name}\` must be left out: use \`createReconnectActor\` of 'schmoozer'`;
  expect(() => createReconnectActor(connector, { [name]: value })).toThrow(expected);
});

it('logs errors that have no other taker to the console unless there is a logger', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  onTestFinished(() => log.mockRestore());
  const { actor, open } = start({ logger: undefined });
  actor.on('connection.opened', () => {
    throw new Error('bug');
  });
  await open();
  expect(log.mock.calls).toMatchObject([[{ name: 'ListenerError' }]]);
});
