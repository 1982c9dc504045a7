import { Break, Continue, createReconnectActor, fatal } from 'schmoozer';
import { createInspector, type InspectorAllow } from 'schmoozer/inspect';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, vi } from 'vitest';
import {
  type AnyActorRef,
  assign,
  createActor,
  fromCallback,
  fromPromise,
  type InspectionEvent,
  setup,
} from 'xstate';
import { type InspectorServer, inspectorServer } from '../../support/inspectorServer.js';

vi.setConfig({ testTimeout: 60_000 });

const SECRET = 'hunter2';

type Inspect = (event: InspectionEvent) => void;

/** Runs a scene twice: seen from its start, and by a server that comes when it is over. */
async function framesOf(
  scene: (inspect: Inspect) => Promise<() => void>,
  allow?: InspectorAllow,
): Promise<string[]> {
  const server = await inspectorServer();
  const options = { ...server.options, ...(allow && { allow }) };
  const first = createInspector(options);
  const second = createInspector(options);
  let watch: InspectionEvent | undefined;
  const end = await scene((event) => {
    first.inspect(event);
    watch = event;
  });
  // The last event again: to an inspector that knows nothing yet, so that it shows all actors there are.
  if (watch !== undefined) second.inspect(watch);
  end();
  await first.stop();
  await second.stop();
  await received(server);
  return [...server.texts];
}

async function received(server: InspectorServer): Promise<void> {
  await server.until((frames) => frames.length > 0);
}

const leaks = (frames: readonly string[]) => frames.filter((text) => text.includes(SECRET));

class ServerError extends Error {
  password = SECRET;
  override name = 'ServerError';
  code = 'E_SERVER';
  response = { headers: { authorization: SECRET } };
  get token() {
    return SECRET;
  }
}

class SecretConnector {
  password = SECRET;
  nested = { token: SECRET };
  #round = 0;

  async connect() {
    this.#round += 1;
    if (this.#round === 1) throw new ServerError('refused', { cause: new Error(SECRET) });
    if (this.#round === 2) throw new AggregateError([new Error(SECRET)], 'all refused');
    if (this.#round === 3) throw SECRET;
    if (this.#round === 4) throw { message: 'plain', token: SECRET };
    return { socket: SECRET, nested: { key: SECRET } };
  }

  async run() {
    return this.#round < 7 ? Continue({ token: SECRET }) : Break({ token: SECRET });
  }

  retryDelay() {
    return this.#round % 2 ? Promise.resolve(Continue(0)) : Continue(0);
  }

  async disconnect(_connection: unknown) {}
}

describe('with the defaults no frame has a secret', () => {
  it('of a connector, its connection, its errors, their causes, or its result', async () => {
    const clock = virtualClock();
    const frames = await framesOf(async (inspect) => {
      const actor = createReconnectActor(new SecretConnector(), { clock, inspect });
      actor.start();
      await clock.drain();
      expect(actor.getSnapshot().status).toBe('done');
      return () => {};
    });
    expect(leaks(frames)).toEqual([]);
    const all = frames.join('\n');
    // What is allowed is there: name, message and code of each error.
    expect(all).toContain('"name":"ServerError","message":"refused","code":"E_SERVER"');
    expect(all).toContain('"name":"AggregateError","message":"all refused"');
    expect(all).toContain('"name":"string","message":"string was thrown"');
    expect(all).toContain('"name":"object","message":"plain"');
    expect(frames.length).toBeGreaterThan(100);
  });

  it('of a stop’s reason, or a fatal error’s fields', async () => {
    const clock = virtualClock();
    const frames = await framesOf(async (inspect) => {
      const connector = {
        connect: async () => ({}),
        run: () => Promise.reject<never>(fatal(new ServerError('over'))),
      };
      const failing = createReconnectActor(connector, { clock, inspect });
      failing.start();
      await clock.drain();
      expect(failing.getSnapshot().output).toMatchObject({ status: 'failed' });
      const stopped = createReconnectActor(
        { ...connector, run: () => new Promise<never>(() => {}) },
        { clock, inspect, gracePeriodMs: 0 },
      ).start();
      await clock.drain();
      stopped.send({ type: 'stop', reason: { token: SECRET, reason: SECRET } });
      await clock.drain();
      return () => {};
    });
    expect(leaks(frames)).toEqual([]);
    expect(frames.join('\n')).toContain('"code":"ERR_STOP_REQUESTED"');
  });

  it('of an app’s context, events, inputs, outputs, children and definition', async () => {
    const frames = await framesOf(secretApp);
    expect(leaks(frames)).toEqual([]);
    const all = frames.join('\n');
    expect(all).toContain('"password":"[string]"');
    expect(all).toContain('"nested":"[object]"');
    expect(all).toContain('"list":"[array]"');
    // Names and descriptions are the chart: they are sent.
    expect(all).toContain('what this state is for');
    expect(all).toContain('"token":"[string]"');
  });

  it('of what a restored actor holds', async () => {
    const frames = await framesOf(async (inspect) => {
      const stored = JSON.stringify(persistedApp());
      expect(stored).toContain(SECRET);
      const actor = createActor(app, {
        snapshot: JSON.parse(stored) as never,
        input: { token: SECRET },
        inspect,
      }).start();
      return () => actor.stop();
    });
    expect(leaks(frames)).toEqual([]);
    expect(frames.join('\n')).toContain('"child"');
  });

  it('even if looking at it does something', async () => {
    let looks = 0;
    const look = () => {
      looks += 1;
      return SECRET;
    };
    const hostile: unknown[] = [
      { toJSON: look },
      Object.defineProperty({}, 'attempt', { get: look, enumerable: true }),
      {
        get attempt() {
          throw new Error(`${look()}: a getter throws`);
        },
      },
      new Proxy({}, { get: () => SECRET, ownKeys: () => [SECRET + SECRET.repeat(9)] }),
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error(SECRET);
          },
        },
      ),
      new Proxy(
        {
          attempt: new Proxy(
            {},
            {
              getPrototypeOf: () => {
                throw new Error(SECRET);
              },
            },
          ),
        },
        {},
      ),
      new Map([[SECRET, SECRET]]),
      { [Symbol(SECRET)]: SECRET, [`${SECRET}@example.org`]: 1, [SECRET.repeat(6)]: 1 },
      Object.assign(new Error('known'), { toJSON: look, cause: SECRET, stack: SECRET }),
      () => SECRET,
      Symbol(SECRET),
      SECRET,
      [SECRET],
      BigInt(7),
    ];
    const frames = await framesOf(async (inspect) => {
      for (const context of hostile) {
        const logic = {
          transition: (snapshot: unknown) => snapshot,
          getInitialSnapshot: () => ({
            status: 'active',
            value: SECRET,
            tags: [SECRET],
            context,
            output: context,
            error: context,
            input: context,
          }),
          getPersistedSnapshot: (snapshot: unknown) => snapshot,
        };
        const actor = createActor(logic as never, {
          inspect,
          input: context as never,
        }) as unknown as AnyActorRef;
        actor.start();
        actor.send({
          type: 'told',
          attempt: Object(context) as object,
          payload: context,
          error: context,
        } as never);
        actor.send(Object.assign(Object(context) as object, { type: 'told' }) as never);
      }
      return () => {};
    });
    expect(leaks(frames)).toEqual([]);
    expect(looks).toBe(0);
    expect(frames.join('\n')).toContain('[unreadable]');
    expect(frames.length).toBeGreaterThan(3 * hostile.length);
  });
});

describe('what `allow` names', () => {
  it('is sent as it is: plain fields alone, and a list replaces its default', async () => {
    const frames = await framesOf(secretApp, { context: ['password', 'nested', 'list'] });
    const all = frames.join('\n');
    expect(all).toContain(`"password":"${SECRET}"`);
    expect(all).toContain('"nested":"[object]"');
    expect(all).toContain('"attempt":"[number]"');
    // The test above could have seen them.
    expect(leaks(frames).length).toBeGreaterThan(0);
  });

  it('is a list for each: events, inputs, outputs', async () => {
    const shown = (await framesOf(secretApp, { event: ['secret'] })).join('\n');
    expect(shown).toContain(`"secret":"${SECRET}"`);
    expect((await framesOf(secretApp, { input: ['token'] })).join('\n')).toContain(
      `"input":{"token":"${SECRET}"}`,
    );
    expect((await framesOf(secretApp, { output: ['token'] })).join('\n')).toContain(
      `"output":{"token":"${SECRET}"}`,
    );
  });

  it('can take the message of errors away', async () => {
    const scene = async (inspect: Inspect) => {
      const clock = virtualClock();
      const connector = {
        connect: () => Promise.reject<object>(new Error(`no user ${SECRET}`)),
        run: async () => Continue(),
      };
      const actor = createReconnectActor(connector, { clock, inspect }).start();
      await clock.drain();
      return () => actor.stop();
    };
    expect(leaks(await framesOf(scene)).length).toBeGreaterThan(0);
    const quiet = await framesOf(scene, { error: ['name'] });
    expect(leaks(quiet)).toEqual([]);
    expect(quiet.join('\n')).toContain('"lastError":{"name":"Error"}');
    const none = await framesOf(scene, { error: [] });
    expect(none.join('\n')).toContain('"lastError":{}');
  });

  it('cuts a string at 1000 characters, and has a word for Infinity', async () => {
    const frames = await framesOf(
      async (inspect) => {
        const machine = setup({}).createMachine({
          context: { long: 'x'.repeat(5000), wait: Infinity, none: null, yes: true },
        });
        const actor = createActor(machine, { inspect }).start();
        return () => actor.stop();
      },
      { context: ['long', 'wait', 'none', 'yes', 'missing'] },
    );
    const context = `{"long":"${'x'.repeat(1000)}…","wait":"Infinity","none":null,"yes":true}`;
    expect(frames.join('\n')).toContain(context);
  });
});

const SECRET_LITERAL = { token: SECRET };
const child = setup({ types: { input: {} as { token: string } } }).createMachine({
  id: 'child',
  context: ({ input }) => ({ kept: input, attempt: 3 }),
});
const app = setup({
  types: {
    context: {} as Record<string, unknown>,
    input: {} as { token: string },
    output: {} as unknown,
    events: {} as { type: string; [field: string]: unknown },
  },
  actors: {
    child,
    promise: fromPromise(async ({ input }: { input: unknown }) => ({ token: SECRET, input })),
    callback: fromCallback(({ sendBack }) => sendBack({ type: 'back', secret: SECRET })),
  },
  guards: { allows: (_args, _params: object) => true },
  actions: { notes: (_args, _params: object) => {} },
}).createMachine({
  id: 'app',
  description: 'what this machine is for',
  meta: SECRET_LITERAL,
  context: ({ input }) => ({
    attempt: 1,
    password: SECRET,
    nested: { token: SECRET, [SECRET]: 1 },
    list: [SECRET],
    input,
    get getter(): string {
      return SECRET;
    },
  }),
  output: SECRET_LITERAL,
  invoke: [
    { id: 'child', src: 'child', input: { token: SECRET } },
    { id: 'promise', src: 'promise', input: SECRET_LITERAL },
    { id: 'callback', src: 'callback' },
  ],
  initial: 'one',
  states: {
    one: {
      description: 'what this state is for',
      meta: SECRET_LITERAL,
      entry: { type: 'notes', params: SECRET_LITERAL },
      on: {
        next: {
          guard: { type: 'allows', params: SECRET_LITERAL },
          actions: [assign({ password: SECRET }), { type: 'notes', params: { secret: SECRET } }],
          meta: SECRET_LITERAL,
          target: 'two',
        },
      },
    },
    two: { type: 'final', output: SECRET_LITERAL },
  },
});

async function secretApp(inspect: Inspect): Promise<() => void> {
  const actor = createActor(app, { input: { token: SECRET }, inspect }).start();
  await Promise.resolve();
  actor.send({ type: 'other', secret: SECRET, deep: { secret: SECRET } });
  return () => actor.send({ type: 'next', secret: SECRET, error: new ServerError('sent') });
}

function persistedApp(): unknown {
  const actor = createActor(app, { input: { token: SECRET } }).start();
  const stored = actor.getPersistedSnapshot();
  actor.stop();
  return stored;
}
