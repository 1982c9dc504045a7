import { schmoozerDefinition } from './schmoozerDefinition.js';
import { frames } from './peers.js';

type Send = (frame: string) => void;

/** A picture that the page has to draw well. */
export interface Scene {
  /** The state that is active in the end, innermost. */
  readonly active: string;
  /** The state that one starts to read at. */
  readonly initial: string;
  play(send: Send): void;
}

type Config = Readonly<Record<string, unknown>>;

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const keyed = <T>(count: number, item: (i: number) => readonly [string, T]) =>
  Object.fromEntries(numbers(count).map(item));

/** Seven regions of six states each, and histories: 49 states. */
const plant: Config = {
  id: 'plant',
  type: 'parallel',
  states: keyed(7, (region) => [
    ['boiler', 'pumps', 'valves', 'cooling', 'power', 'alarms', 'doors'][region] ?? '',
    {
      initial: 'idle',
      states: {
        idle: { on: { 'shift.begins': 'starting', 'power.returns': 'past' } },
        starting: {
          after: { warmUp: { target: 'working', guard: 'isWarm' } },
          on: { stop: 'stopping' },
        },
        working: {
          tags: ['busy'],
          on: { stop: 'stopping', 'sensor.failed': 'faulty', 'power.lost': 'idle' },
        },
        stopping: { on: { stopped: 'idle' } },
        faulty: { on: { repaired: 'starting' } },
        past: { type: 'history' },
      },
    },
  ]),
};

/** Eight states in each other, each with a brother. */
const nestLevel = (level: number): Config =>
  level === 0
    ? { on: { up: `#nest` } }
    : {
        initial: `level${9 - level}`,
        states: {
          [`level${9 - level}`]: {
            tags: level === 1 ? ['bottom'] : [],
            on: { leave: 'beside' },
            ...nestLevel(level - 1),
          },
          beside: { on: { back: `level${9 - level}` } },
        },
      };
const nest: Config = { id: 'nest', ...nestLevel(8) };
const nestPath = numbers(8).map((i) => `level${i + 1}`);

/** Forty states on one level, each with four ways out. */
const flat: Config = {
  id: 'flat',
  initial: 'step0',
  states: keyed(40, (i) => [
    `step${i}`,
    {
      on: {
        next: `step${(i + 1) % 40}`,
        skip: `step${(i * 7 + 3) % 40}`,
        back: `step${(i + 39) % 40}`,
        'jump.far': { target: `step${(i * 13 + 20) % 40}`, guard: 'mayJump' },
      },
    },
  ]),
};

const worker: Config = {
  id: 'worker',
  initial: 'idle',
  states: {
    idle: { tags: ['free'], on: { next: 'working' } },
    working: {
      tags: ['busy'],
      initial: 'reading',
      on: { next: 'resting' },
      states: { reading: { on: { next: 'writing' } }, writing: {} },
    },
    resting: { tags: ['free'], on: { next: 'idle' } },
  },
};

const register = (send: Send, name: string, config: Config | string, value: unknown, more = {}) =>
  send(
    frames.actor(name, {
      name,
      definition: typeof config === 'string' ? config : JSON.stringify(config),
      createdAt: String(Date.now()),
      snapshot: { status: 'active', value, context: { jobs: 3 }, tags: [] },
      ...more,
    }),
  );

const plantAt = (state: string) =>
  Object.fromEntries(Object.keys(plant['states'] as object).map((name) => [name, state]));
const nestedValue = (path: readonly string[]): unknown =>
  path.reduceRight<unknown>(
    (inner, key) => (inner === undefined ? key : { [key]: inner }),
    undefined,
  );

/** What happened in the night. */
export const NIGHT = { startMs: Date.UTC(2026, 2, 1, 23), failures: 12, hours: 8.5 };

/** A link that was up for an hour, refused every half an hour, and came back in the morning. */
function playNight(send: Send): void {
  const { startMs, failures, hours } = NIGHT;
  const at = (hour: number) => String(startMs + hour * 3_600_000);
  const error = {
    name: 'Error',
    message: 'connect ECONNREFUSED 127.0.0.1:5432',
    code: 'ECONNREFUSED',
  };
  const failed = { type: 'xstate.error.actor.connect', error };
  const connecting = { connecting: 'attempting' };
  const session = 'orders';
  const step = (hour: number, value: unknown, event: object, context: object, more = {}) => {
    const type = (event as { type: string }).type;
    send(
      frames.event(session, type, {
        createdAt: at(hour),
        sourceId: /actor/.test(type) ? 'connect' : type.startsWith('xstate.') ? session : undefined,
      }),
    );
    const snapshot = {
      status: 'active',
      value,
      tags: [],
      context: { password: 'hunter2', ...context },
    };
    send(frames.snapshot(session, value, { createdAt: at(hour), event, snapshot, ...more }));
  };
  register(send, session, schmoozerDefinition(), { running: 'stable' }, { createdAt: at(0) });
  send(
    frames.actor('connect', {
      parentId: session,
      rootId: session,
      createdAt: at(0),
      snapshot: { status: 'active' },
    }),
  );
  for (let i = 0; i < failures; i++) {
    const hour = 1 + i / 2;
    if (i > 0)
      step(
        hour - 0.01,
        connecting,
        { type: 'xstate.after.retryDelay.reconnect.waiting.delaying' },
        { attempt: i, epoch: 1 },
      );
    step(hour, { waiting: 'delaying' }, failed, { attempt: i + 1, epoch: 1, lastError: error });
  }
  step(hours - 0.1, connecting, { type: 'reconnect' }, { attempt: failures, epoch: 1 });
  step(
    hours,
    { running: 'settling' },
    { type: 'xstate.done.actor.connect' },
    { attempt: 0, epoch: 2 },
    {
      _actions: ['greet'],
      _emitted: [{ type: 'connection.opened', epoch: 2 }],
    },
  );
}

/** The pictures by name; each plays on a producer of its own. */
export const scenes = {
  link: {
    active: 'waiting.delaying',
    initial: 'waiting',
    play(send) {
      const value = { connecting: 'attempting' };
      register(send, 'orders', schmoozerDefinition(), value);
      const error = {
        name: 'Error',
        message: 'connect ECONNREFUSED 127.0.0.1:5432',
        code: 'ECONNREFUSED',
      };
      send(frames.event('orders', 'xstate.error.actor.connect'));
      send(
        frames.snapshot(
          'orders',
          { waiting: 'delaying' },
          {
            event: { type: 'xstate.error.actor.connect', error },
            snapshot: {
              status: 'active',
              value: { waiting: 'delaying' },
              tags: ['waiting', 'offline'],
              context: { attempt: 3, epoch: 1, delayMs: 8000, lastError: error },
            },
            _after: [
              {
                eventType: 'xstate.after.retryDelay.(machine).waiting.delaying',
                delayMs: 8000,
                startedAt: Date.now(),
              },
              {
                eventType: 'xstate.after.giveUp.(machine)',
                delayMs: 60_000,
                startedAt: Date.now(),
              },
            ],
          },
        ),
      );
    },
  },
  plant: {
    active: 'doors.faulty',
    initial: 'boiler.idle',
    play(send) {
      register(send, 'plant', plant, plantAt('idle'));
      send(frames.snapshot('plant', plantAt('starting'), { event: { type: 'shift.begins' } }));
      const value = { ...plantAt('working'), doors: 'faulty' };
      send(frames.snapshot('plant', plantAt('working'), { event: { type: 'warm' } }));
      send(frames.snapshot('plant', value, { event: { type: 'sensor.failed' } }));
    },
  },
  nest: {
    active: nestPath.join('.'),
    initial: nestPath.join('.'),
    play(send) {
      register(send, 'nest', nest, nestedValue(nestPath));
      send(frames.snapshot('nest', nestedValue(nestPath), { event: { type: 'look' } }));
    },
  },
  flat: {
    active: 'step27',
    initial: 'step0',
    play(send) {
      register(send, 'flat', flat, 'step0');
      send(frames.snapshot('flat', 'step20', { event: { type: 'jump.far' } }));
      send(frames.snapshot('flat', 'step27', { event: { type: 'skip' } }));
    },
  },
  crowd: {
    active: 'working.reading',
    initial: 'idle',
    play(send) {
      for (const i of numbers(300)) {
        register(send, `worker ${i + 1}`, worker, 'idle');
        send(
          frames.snapshot(
            `worker ${i + 1}`,
            { working: 'reading' },
            {
              event: { type: 'next' },
              snapshot: { status: 'active', value: { working: 'reading' }, tags: ['busy'] },
            },
          ),
        );
      }
    },
  },
  night: { active: 'running.settling', initial: 'waiting', play: playNight },
} satisfies Record<string, Scene>;
