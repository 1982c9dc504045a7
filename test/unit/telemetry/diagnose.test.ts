import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  Break,
  constantBackoff,
  Continue,
  createReconnectActor as createOnXState,
  fatal,
  InvalidOptionError,
  reconnectMachine,
  redact,
  run,
} from 'schmoozer';
import { createReconnectActor as createCompiled, reconnectLogic } from 'schmoozer/compiled';
import {
  channels,
  diagnose,
  diagnoseAll,
  type DiagnosableLink,
  type DiagnosticsChannelName,
} from 'schmoozer/diagnostics';
import { createGroup } from 'schmoozer/group';
import { connectLimiter, fixedPace } from 'schmoozer/limiter';
import { scriptedConnector, scriptedLimiter, virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createActor, setup, toPromise } from 'xstate';
import { channelsOf, type Heard, heard, listen } from '../../support/heard.js';

const options = { backoff: constantBackoff(50), connectTimeoutMs: 1000, stableAfterMs: 5000 };

interface Started {
  send(command: { type: 'stop' | 'reconnect' | 'suspend' | 'resume' }): void;
  /** As an actor, without the chart's end. */
  halt(): void;
}

/** Every way to make a link. */
const ways = {
  'createReconnectActor of schmoozer': (connector, clock, name) => {
    const link = createOnXState(connector, { ...options, clock, now: clock.now, id: name }).start();
    return { send: link.send, halt: () => void link.stop() };
  },
  'createReconnectActor of schmoozer/compiled': (connector, clock, name) => {
    const link = createCompiled(connector, { ...options, clock, now: clock.now, id: name }).start();
    return { send: link.send, halt: () => void link.stop() };
  },
  reconnectLogic: (connector, clock, name) => {
    const logic = reconnectLogic(() => connector, { ...options, now: clock.now });
    const link = createActor(logic, { clock, id: name }).start();
    return { send: link.send, halt: () => void link.stop() };
  },
  'reconnectMachine, invoked': (connector, clock, name) => {
    const parent = setup({ actors: { reconnectMachine } }).createMachine({
      invoke: {
        src: 'reconnectMachine',
        id: name,
        input: { ...options, now: clock.now, connector: redact(connector) },
      },
    });
    const actor = createActor(parent, { clock }).start();
    const child = actor.getSnapshot().children[name];
    return { send: (command) => child?.send(command), halt: () => void actor.stop() };
  },
  createGroup: (connector, clock, name) => {
    const limiter = connectLimiter({ pace: fixedPace({ perSecond: Infinity }), clock });
    const group = createGroup({ clock, now: clock.now, limiter });
    group.add(name, connector, options);
    return {
      send: (command) => group.get(name)?.send(command),
      halt: () => void group.get(name)?.stop(),
    };
  },
} satisfies Record<
  string,
  (
    connector: ReturnType<typeof scriptedConnector>['connector'],
    clock: ReturnType<typeof virtualClock>,
    name: string,
  ) => Started
>;

const ofLinks = (Object.keys(channels) as DiagnosticsChannelName[]).filter((name) =>
  (channels[name].fields as readonly string[]).includes('linkId'),
);

function all(): void {
  const { unsubscribe: end } = diagnoseAll();
  onTestFinished(end);
}

const about = {
  linkId: expect.any(Number) as number,
  name: 'feed',
  server: { address: 'feed.example', port: 7000 },
  network: { transport: 'tcp', protocol: { name: 'lines' } },
};
const peer = { address: 'feed.example', port: 7000, transport: 'tcp', protocol: 'lines' };

describe.each(Object.entries(ways))('diagnoseAll and %s', (_, make) => {
  /** A link on a virtual clock, and what is published of it. */
  function begin() {
    all();
    const messages = heard(...ofLinks);
    const clock = virtualClock();
    const scripted = scriptedConnector();
    const connector = { ...scripted.connector, peer };
    const link = make(connector, clock, 'feed');
    const latest = () => messages.splice(0);
    return { clock, scripted, link, latest };
  }

  it('publishes attempts, sessions and states, each beginning with an end', async () => {
    const { clock, scripted, link, latest } = begin();
    await clock.drain();
    const first = { ...about, attempt: 0, epoch: 1, queuedMs: 0 };
    expect(latest()).toEqual([
      ['schmoozer:link:state', { ...about, from: undefined, to: 'connecting', ms: 0 }],
      ['tracing:schmoozer:connect:start', first],
      ['tracing:schmoozer:connect:end', first],
    ]);

    await clock.advance(20);
    scripted.connects[0]?.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
    await clock.drain();
    const error = { name: 'Error', message: 'no', code: 'ECONNREFUSED' };
    const failed = { ...first, outcome: 'failed', connectMs: 20, error, verdict: 'transient' };
    expect(latest()).toEqual([
      ['tracing:schmoozer:connect:error', failed],
      ['tracing:schmoozer:connect:asyncStart', failed],
      ['tracing:schmoozer:connect:asyncEnd', failed],
      ['schmoozer:link:state', { ...about, from: 'connecting', to: 'waiting', ms: 20 }],
      [
        'schmoozer:retry:scheduled',
        { ...about, attempt: 1, delayMs: 50, error, verdict: 'transient' },
      ],
    ]);

    await clock.advance(50);
    latest();
    await clock.advance(1000);
    const timeout = {
      name: 'ConnectTimeoutError',
      message: 'connect did not settle within 1000 ms',
      code: 'ERR_CONNECT_TIMEOUT',
    };
    expect(latest().slice(1, 2)).toMatchObject([
      [
        'tracing:schmoozer:connect:asyncStart',
        { attempt: 1, outcome: 'timeout', connectMs: 1000, error: timeout },
      ],
    ]);

    await clock.advance(50);
    latest();
    await clock.advance(5);
    scripted.connects[2]?.resolve();
    await clock.drain();
    const opened = { ...about, attempt: 2, epoch: 1, queuedMs: 0, outcome: 'opened', connectMs: 5 };
    const session = { ...about, attempt: 2, epoch: 1 };
    expect(latest()).toEqual([
      ['tracing:schmoozer:connect:asyncStart', opened],
      ['tracing:schmoozer:connect:asyncEnd', opened],
      ['schmoozer:link:state', { ...about, from: 'connecting', to: 'online', ms: 5 }],
      [
        'schmoozer:connection:opened',
        { ...about, attempt: 2, epoch: 1, connectMs: 5, queuedMs: 0, downMs: 1125 },
      ],
      ['tracing:schmoozer:session:start', session],
      ['tracing:schmoozer:session:end', session],
    ]);

    await clock.advance(5000);
    expect(latest()).toEqual([['schmoozer:connection:stable', { ...about, epoch: 1 }]]);

    scripted.runs[0]?.reject(new Error('broken'));
    await clock.drain();
    const broken = { name: 'Error', message: 'broken' };
    const end = { epoch: 1, cause: 'retryable', upMs: 5000, isStable: true, error: broken };
    expect(latest()).toEqual([
      ['schmoozer:link:state', { ...about, from: 'online', to: 'closing', ms: 5000 }],
      [
        'schmoozer:connection:closing',
        { ...about, epoch: 1, cause: 'settled', upMs: 5000, error: broken },
      ],
      ['schmoozer:connection:closed', { ...about, ...end }],
      ['tracing:schmoozer:session:error', { ...session, ...end }],
      ['tracing:schmoozer:session:asyncStart', { ...session, ...end }],
      ['tracing:schmoozer:session:asyncEnd', { ...session, ...end }],
      ['schmoozer:link:state', { ...about, from: 'closing', to: 'waiting', ms: 0 }],
      [
        'schmoozer:retry:scheduled',
        { ...about, attempt: 1, delayMs: 50, error: broken, verdict: 'transient' },
      ],
    ]);

    await clock.advance(50);
    scripted.connects[3]?.resolve();
    await clock.advance(7);
    latest();
    link.send({ type: 'stop' });
    scripted.runs[1]?.resolve(Break('enough'));
    await clock.drain();
    const stopped = { epoch: 2, cause: 'stop', upMs: 7, isStable: false };
    expect(latest()).toEqual([
      ['schmoozer:link:state', { ...about, from: 'online', to: 'stopping', ms: 7 }],
      ['schmoozer:connection:closing', { ...about, epoch: 2, cause: 'stop', upMs: 7 }],
      ['schmoozer:connection:closed', { ...about, ...stopped }],
      ['tracing:schmoozer:session:asyncStart', { ...about, attempt: 1, ...stopped }],
      ['tracing:schmoozer:session:asyncEnd', { ...about, attempt: 1, ...stopped }],
      ['schmoozer:link:state', { ...about, from: 'stopping', to: 'ended', ms: 0 }],
      ['schmoozer:link:ended', { ...about, status: 'stopped' }],
    ]);
  });

  it('publishes attempts that a command ends, and a suspension', async () => {
    const { clock, scripted, link, latest } = begin();
    await clock.advance(3);
    latest();
    link.send({ type: 'reconnect' });
    expect(latest()).toMatchObject([
      [
        'tracing:schmoozer:connect:asyncStart',
        { outcome: 'aborted', cause: 'reconnect', connectMs: 3 },
      ],
      ['tracing:schmoozer:connect:asyncEnd', {}],
    ]);
    scripted.connects[0]?.reject(new Error('aborted'));
    await clock.advance(2);
    latest();
    link.send({ type: 'suspend' });
    scripted.connects[1]?.reject(new Error('aborted'));
    await clock.drain();
    const states = () =>
      latest().flatMap(([name, { from, to, ms }]) =>
        name.endsWith(':state') ? [[from, to, ms]] : [],
      );
    expect(states()).toEqual([
      ['connecting', 'closing', 5],
      ['closing', 'suspended', 0],
    ]);
    await clock.advance(100);
    link.send({ type: 'resume' });
    await clock.drain();
    expect(states()).toEqual([['suspended', 'connecting', 100]]);
    link.send({ type: 'stop' });
    expect(states()).toEqual([['connecting', 'stopping', 0]]);
    scripted.connects[2]?.reject(new Error('aborted'));
    await clock.drain();
    expect(latest().map(([name, { status }]) => [name, status])).toEqual([
      ['schmoozer:link:state', undefined],
      ['schmoozer:link:ended', 'stopped'],
    ]);
  });

  it('ends what is open when the actor is stopped without the end of the chart', async () => {
    const { clock, scripted, link, latest } = begin();
    await clock.advance(5);
    scripted.connects[0]?.resolve();
    await clock.advance(40);
    latest();
    link.halt();
    await clock.drain();
    const end = { epoch: 1, cause: 'halted', upMs: 40 };
    expect(latest()).toEqual([
      ['schmoozer:connection:closing', { ...about, ...end }],
      ['schmoozer:connection:closed', { ...about, ...end, isStable: false }],
      ['tracing:schmoozer:session:asyncStart', { ...about, attempt: 0, ...end, isStable: false }],
      ['tracing:schmoozer:session:asyncEnd', { ...about, attempt: 0, ...end, isStable: false }],
      ['schmoozer:link:state', { ...about, from: 'online', to: 'ended', ms: 40 }],
      ['schmoozer:link:ended', { ...about, status: 'halted' }],
    ]);
    // Once is enough.
    link.halt();
    expect(latest()).toEqual([]);
  });

  it('ends an attempt, and a session that was closing, in the same way', async () => {
    const { clock, link, latest } = begin();
    await clock.advance(5);
    latest();
    link.halt();
    expect(
      latest().map(([name, { outcome, cause, connectMs }]) => [name, outcome, cause, connectMs]),
    ).toEqual([
      ['tracing:schmoozer:connect:asyncStart', 'aborted', 'halted', 5],
      ['tracing:schmoozer:connect:asyncEnd', 'aborted', 'halted', 5],
      ['schmoozer:link:state', undefined, undefined, undefined],
      ['schmoozer:link:ended', undefined, undefined, undefined],
    ]);
    const second = begin();
    await second.clock.drain();
    second.scripted.connects[0]?.resolve();
    await second.clock.advance(10);
    second.link.send({ type: 'stop' });
    await second.clock.advance(30);
    second.latest();
    second.link.halt();
    expect(second.latest()).toContainEqual([
      'schmoozer:connection:closed',
      { ...about, epoch: 1, cause: 'halted', upMs: 10, isStable: false },
    ]);
  });

  it('says nothing of one that ends before its first attempt', async () => {
    const { link, latest } = begin();
    link.halt();
    expect(latest()).toEqual([]);
  });

  it('does the same for the link while nobody listens', async () => {
    all();
    const clock = virtualClock();
    const { connector, connects, runs } = scriptedConnector();
    const link = make(connector, clock, 'feed');
    await clock.drain();
    connects[0]?.resolve();
    await clock.drain();
    link.send({ type: 'stop' });
    runs[0]?.resolve(Break('done'));
    await clock.drain();
    const messages = heard(...ofLinks);
    link.halt();
    expect(messages).toEqual([]);
  });

  it('leaves links alone that were made before or after it', async () => {
    const messages = heard(...ofLinks);
    make(scriptedConnector().connector, virtualClock(), 'before');
    const { unsubscribe: end } = diagnoseAll();
    end();
    end();
    const clock = virtualClock();
    make(scriptedConnector().connector, clock, 'after');
    await clock.drain();
    expect(messages).toEqual([]);
  });
});

describe('diagnoseAll', () => {
  it('goes on while anybody else wants it', async () => {
    const messages = heard('schmoozer:link:ended');
    const [one, other] = [diagnoseAll(), diagnoseAll()];
    one.unsubscribe();
    const connector = { connect: async () => 1, run: async () => Break(1) };
    await run(connector, { id: 'run' });
    other.unsubscribe();
    await run(connector);
    expect(messages.map(([, { name, status }]) => [name, status])).toEqual([['run', 'completed']]);
  });

  it('has no name for a link that was given none', async () => {
    all();
    const messages = heard('schmoozer:link:state');
    const connector = { connect: async () => 1, run: async () => Break(1) };
    for (const create of [createOnXState, createCompiled])
      await toPromise(create(connector).start());
    const names = new Set(messages.map(([, { name }]) => name));
    expect(names).toEqual(new Set([undefined]));
    expect(new Set(messages.map(([, { linkId }]) => linkId)).size).toBe(2);
  });

  it('publishes the queue that an attempt waits in, and how long', async () => {
    all();
    const messages = heard(
      'schmoozer:connection:queued',
      'schmoozer:connect',
      'schmoozer:link:state',
    );
    const clock = virtualClock();
    const { limiter, requests } = scriptedLimiter();
    const { connector } = scriptedConnector();
    createCompiled(connector, { clock, now: clock.now, limiter, limiterKey: 'k' }).start();
    await clock.advance(30);
    requests[0]?.grant();
    expect(messages.map(([name, { key, to, queuedMs }]) => [name, key ?? to ?? queuedMs])).toEqual([
      ['schmoozer:link:state', 'queued'],
      ['schmoozer:connection:queued', 'k'],
      ['schmoozer:link:state', 'connecting'],
      ['tracing:schmoozer:connect:start', 30],
      ['tracing:schmoozer:connect:end', 30],
    ]);
  });

  it('publishes what a release threw, and what a fatal end says', async () => {
    all();
    const messages = heard('schmoozer:connection:closed', 'schmoozer:link:ended');
    const connector = {
      connect: async () => 1,
      run: () => Promise.reject(fatal(new Error('over'))),
      disconnect: () => Promise.reject(new Error('stuck')),
    };
    await expect(run(connector)).rejects.toThrow('over');
    expect(messages).toMatchObject([
      [
        'schmoozer:connection:closed',
        { error: { message: 'over' }, releaseError: { message: 'stuck' } },
      ],
      ['schmoozer:link:ended', { status: 'failed', error: { name: 'Error', message: 'over' } }],
    ]);
  });

  it.each(ofLinks)(
    'publishes on %s alone what it publishes there beside all others',
    async (name) => {
      const life = async () => {
        const clock = virtualClock();
        const { connector, connects, runs } = scriptedConnector();
        const { limiter, requests } = scriptedLimiter();
        const link = createCompiled(connector, {
          ...options,
          clock,
          now: clock.now,
          limiter,
        }).start();
        await clock.advance(30);
        requests[0]?.grant();
        connects[0]?.resolve();
        await clock.advance(6000);
        runs[0]?.resolve(Continue());
        await clock.advance(50);
        requests[1]?.grant();
        link.send({ type: 'reconnect' });
        link.stop();
      };
      all();
      const among: Heard = [];
      const end = listen(among, ofLinks);
      await life();
      end();
      const channelNames = channelsOf(name);
      const wanted = among.filter(([channel]) => channelNames.includes(channel));
      const alone = heard(name);
      await life();
      expect(alone.map(([channel, message]) => [channel, { ...message, linkId: 0 }])).toEqual(
        wanted.map(([channel, message]) => [channel, { ...message, linkId: 0 }]),
      );
    },
  );

  it('publishes no trace of an attempt to those who came after its beginning', async () => {
    all();
    const clock = virtualClock();
    const { connector, connects } = scriptedConnector();
    const link = createCompiled(connector, { clock, now: clock.now }).start();
    await clock.drain();
    const messages = heard(
      'schmoozer:connect',
      'schmoozer:connection:stable',
      'schmoozer:connection:closing',
    );
    link.send({ type: 'reconnect' });
    expect(messages).toEqual([]);
    connects[0]?.reject(new Error('aborted'));
    await clock.drain();
    expect(messages.map(([name]) => name)).toEqual([
      'tracing:schmoozer:connect:start',
      'tracing:schmoozer:connect:end',
    ]);
  });

  it('publishes to those who came in the middle of a session how that ends', async () => {
    all();
    const clock = virtualClock();
    const { connector, connects } = scriptedConnector();
    const link = createCompiled(connector, { clock, now: clock.now }).start();
    await clock.drain();
    connects[0]?.resolve();
    await clock.drain();
    const messages = heard('schmoozer:connection:stable', 'schmoozer:connection:closing');
    await clock.advance(10_000);
    link.send({ type: 'stop' });
    expect(messages.map(([name, { epoch, upMs }]) => [name, epoch, upMs])).toEqual([
      ['schmoozer:connection:stable', 1, undefined],
      ['schmoozer:connection:closing', 1, 10_000],
    ]);
  });

  it('publishes no trace of a session to those who came after its beginning', async () => {
    all();
    const clock = virtualClock();
    const { connector, connects, runs } = scriptedConnector();
    const link = createCompiled(connector, { clock, now: clock.now }).start();
    await clock.drain();
    connects[0]?.resolve();
    await clock.drain();
    const messages = heard(
      'schmoozer:session',
      'schmoozer:connection:closed',
      'schmoozer:link:state',
    );
    link.send({ type: 'stop' });
    runs[0]?.resolve(Break(1));
    await clock.drain();
    expect(messages.map(([name, { from, to }]) => [name, from, to])).toEqual([
      ['schmoozer:link:state', undefined, 'stopping'],
      ['schmoozer:connection:closed', undefined, undefined],
      ['schmoozer:link:state', 'stopping', 'ended'],
    ]);
  });

  it('goes on with a clock of the user’s that throws', async () => {
    all();
    const messages = heard('schmoozer:connect');
    let isBroken = false;
    const clock = virtualClock();
    const { connector } = scriptedConnector();
    const now = () => {
      if (isBroken) throw new Error('no time');
      return clock.now();
    };
    const link = createOnXState(connector, { clock, now }).start();
    await clock.advance(5);
    isBroken = true;
    link.send({ type: 'reconnect' });
    expect(messages.at(-1)).toMatchObject(['tracing:schmoozer:connect:asyncEnd', { connectMs: 0 }]);
  });
});

describe('diagnose', () => {
  it.each([createOnXState, createCompiled])(
    'publishes one link alone, under its name',
    async (create) => {
      const messages = heard('schmoozer:link:state');
      const clock = virtualClock();
      const { connector } = scriptedConnector();
      const [link, other] = [create(connector, { clock }), create(connector, { clock })];
      diagnose(link, {
        name: 'one',
        peer: { address: 'wss://u:secret@h.example/p?token=1', port: 1.5 },
      });
      diagnose(link, { peer: { address: 'h.example', protocol: 'no word at all' } });
      link.start();
      other.start();
      await clock.drain();
      expect(messages).toEqual([
        [
          'schmoozer:link:state',
          {
            linkId: expect.any(Number) as number,
            name: 'one',
            server: { address: 'h.example', port: undefined },
            network: { transport: undefined, protocol: { name: undefined } },
            from: undefined,
            to: 'connecting',
            ms: 0,
          },
        ],
      ]);
      messages.length = 0;
      link.stop();
      expect(messages).toMatchObject([
        ['schmoozer:link:state', { from: 'connecting', to: 'ended' }],
      ]);
    },
  );

  it('names a link that is published already, which is published once', async () => {
    all();
    const messages = heard('schmoozer:link:state', 'schmoozer:connect');
    const clock = virtualClock();
    const { connector } = scriptedConnector();
    for (const create of [createOnXState, createCompiled]) {
      const link = create(connector, { clock, id: 'id' });
      diagnose(link, { name: 'before' });
      link.start();
      await clock.drain();
      diagnose(link, { name: 'after' });
      link.send({ type: 'stop' });
      expect(
        messages.splice(0).map(([channel, { name, to }]) => [channel.split(':').at(-1), name, to]),
      ).toEqual([
        ['state', 'before', 'connecting'],
        ['start', 'before', undefined],
        ['end', 'before', undefined],
        ['asyncStart', 'after', undefined],
        ['asyncEnd', 'after', undefined],
        ['state', 'after', 'stopping'],
      ]);
    }
  });

  it('hears an actor of XState that is started again', async () => {
    const messages = heard('schmoozer:link:state');
    all();
    const clock = virtualClock();
    const { connector } = scriptedConnector();
    const link = createActor(
      reconnectLogic(() => connector),
      { clock, id: 'again' },
    ).start();
    await clock.drain();
    link.stop();
    // As @xstate/react does in strict mode.
    Object.assign(link, { _processingStatus: 0 });
    link.start();
    await clock.drain();
    expect(messages.map(([, { to }]) => to)).toEqual(['connecting', 'ended', 'connecting']);
  });

  it('refuses what is no link, and options out of bounds', () => {
    const link = createCompiled(scriptedConnector().connector);
    const wrong: [unknown, unknown][] = [
      [{}, {}],
      [{ getSnapshot: () => ({ context: {} }) }, {}],
      [link, null],
      [link, { name: 1 }],
      [link, { peer: 'host:1' }],
      [link, { nme: 'x' }],
    ];
    for (const [actor, given] of wrong) {
      expect(() => diagnose(actor as DiagnosableLink, given as object)).toThrow(InvalidOptionError);
    }
  });
});

describe('messages', () => {
  it('have the fields of the table, and no other', async () => {
    all();
    const messages = heard();
    const connector = {
      n: 0,
      connect() {
        this.n += 1;
        return this.n === 1 ? Promise.reject(new Error('no')) : Promise.resolve(1);
      },
      run: async () => Break(1),
    };
    await run(connector, { backoff: constantBackoff(0) });
    expect(messages.length).toBeGreaterThan(10);
    for (const [name, message] of messages) {
      const own = name.replace(/^tracing:(.*):\w+$/, '$1') as keyof typeof channels;
      expect(channels[own].fields).toEqual(expect.arrayContaining(Object.keys(message)));
    }
  });

  it('are plain data without secrets', async () => {
    all();
    const messages = heard();
    const error = Object.assign(new Error('refused by wss://me:secret@host/path?token=secret'), {
      config: { password: 'secret' },
    });
    const connector = {
      peer: () => ({ address: 'wss://me:secret@host:1/path?token=secret' }),
      connect: () => Promise.reject(fatal(error)),
      run: async () => Break(1),
    };
    await expect(run(connector)).rejects.toThrow('refused');
    expect(messages.length).toBeGreaterThan(3);
    expect(JSON.stringify(messages)).toContain('wss://host:1/path');
    expect(JSON.stringify(messages)).not.toContain('secret');
    expect(structuredClone(messages)).toEqual(messages);
  });

  it('leave the link alone when a subscriber throws; Node throws it at the process', async () => {
    all();
    const thrown: unknown[] = [];
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => thrown.push(error));
    onTestFinished(() => {
      process.removeAllListeners('uncaughtException');
      for (const listener of before) process.on('uncaughtException', listener);
    });
    const bug = new Error('bug in a subscriber');
    const hear = () => {
      throw bug;
    };
    subscribe('schmoozer:connection:opened', hear);
    onTestFinished(() => void unsubscribe('schmoozer:connection:opened', hear));
    const connector = { connect: async () => 1, run: async () => Break('done') };
    for (const create of [createOnXState, createCompiled]) {
      const logged: unknown[] = [];
      const link = create(connector, { logger: (line) => void logged.push(line) });
      expect(await toPromise(link.start())).toEqual({ status: 'completed', value: 'done' });
      expect(logged).toEqual([]);
    }
    await new Promise((resolve) => void setImmediate(resolve));
    expect(thrown).toEqual([bug, bug]);
  });
});
