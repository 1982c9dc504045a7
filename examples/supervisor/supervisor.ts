// One connection per endpoint, each restarted alone, and the health of all. It can be stored and restored.
import {
  type Connector,
  type ReconnectMachine,
  reconnectMachineOf,
  type ReconnectOptions,
  type ReconnectOutput,
} from 'schmoozer';
import {
  assign,
  emit,
  enqueueActions,
  fromCallback,
  not,
  raise,
  setup,
  type SnapshotFrom,
} from 'xstate';
import {
  afterFailure,
  type Endpoint,
  healthOf,
  type Health,
  type RestartPolicy,
} from './endpoint.js';

/** The parts of a supervisor, needed in each of its lives. */
export interface SupervisorParts {
  /** Creates the connector of an endpoint. */
  readonly connect: (name: string) => Connector<unknown, unknown>;
  /** The options of every link. */
  readonly options?: ReconnectOptions;
  /** The clock of the restarts in milliseconds; it must outlive the process, as `Date.now` does. */
  readonly now: () => number;
}

export interface SupervisorInput {
  /** The endpoints. */
  readonly names: readonly string[];
  readonly restart: RestartPolicy;
}

export type SupervisorCommand =
  | { readonly type: 'stop' }
  /** Starts an endpoint that is down, and forgets its earlier failures. */
  | { readonly type: 'restart'; readonly name: string };

export type SupervisorEmitted = { readonly type: 'health' } & Health;

type LinkEvent =
  | { type: `xstate.snapshot.${string}`; snapshot: SnapshotFrom<ReconnectMachine> }
  | { type: `xstate.done.actor.${string}`; output: ReconnectOutput }
  | { type: `xstate.error.actor.${string}`; error: unknown }
  | { type: 'rested'; name: string }
  /** A life of the supervisor begins: the first, or one after a restore. */
  | { type: 'begun' };

/** Plain data, and links: it survives JSON. */
interface Context {
  readonly restart: RestartPolicy;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
}

interface Args {
  readonly context: Context;
  readonly event: SupervisorCommand | LinkEvent;
}

/** The endpoint that a command names, or that owns the link of an event. */
function nameOf({ event }: Args): string {
  if ('name' in event) return event.name;
  return event.type.replace(/^xstate\.(snapshot|(done|error)\.actor)\./, '');
}

function endpointOf(args: Args): Endpoint | undefined {
  return args.context.endpoints[nameOf(args)];
}

/** `online` or `offline`, by the event of the link. */
function statusIn({ event }: Args): Endpoint['status'] {
  return 'snapshot' in event && event.snapshot.hasTag('online') ? 'online' : 'offline';
}

function change(args: Args, endpoint: Partial<Endpoint>): Pick<Context, 'endpoints'> {
  const { endpoints } = args.context;
  const changed = { ...(endpointOf(args) as Endpoint), ...endpoint };
  return { endpoints: { ...endpoints, [nameOf(args)]: changed } };
}

/** XState restores no timer: states with timers restart them at this event. */
const announceLife = fromCallback(({ sendBack }) => sendBack({ type: 'begun' }));

export function supervisorOf({ connect, options, now }: SupervisorParts) {
  const failureIn = (args: Args): Endpoint => {
    const { event, context } = args;
    const { error } = ('output' in event ? event.output : event) as { error?: unknown };
    return afterFailure(endpointOf(args) as Endpoint, error, context.restart, now());
  };
  return setup({
    types: {
      context: {} as Context,
      input: {} as SupervisorInput,
      events: {} as SupervisorCommand | LinkEvent,
      emitted: {} as SupervisorEmitted,
    },
    actors: { link: reconnectMachineOf(connect, options), announceLife },
    guards: {
      isHealthy: ({ context: { endpoints } }) => {
        const { online, total } = healthOf(endpoints);
        return online === total;
      },
      isDown: ({ context: { endpoints } }) => healthOf(endpoints).online === 0,
      isOver: ({ context: { endpoints } }) =>
        Object.values(endpoints).every(({ status }) => status === 'ended'),
      isDrained: ({ context: { endpoints } }) =>
        Object.values(endpoints).every(({ link }) => link === undefined),
      isNews: (args) => endpointOf(args)?.status !== statusIn(args),
      hasEnded: ({ event }) => 'output' in event && event.output.status !== 'failed',
      mayRestart: (args) => failureIn(args).status === 'resting',
      isGivenUp: (args) => endpointOf(args)?.status === 'down',
    },
    actions: {
      recordStatus: assign((args) => change(args, { status: statusIn(args) })),
      recordFailure: assign((args) => change(args, failureIn(args))),
      recordMistake: assign((args) => change(args, { ...failureIn(args), status: 'down' })),
      recordEnd: assign((args) => change(args, { status: 'ended', link: undefined })),
      forgetRestarts: assign((args) => change(args, { restartsMs: [] })),
      countRestart: assign((args) => {
        const { restartsMs } = endpointOf(args) as Endpoint;
        return change(args, { restartsMs: [...restartsMs, now()] });
      }),
      startLink: assign((args) => {
        const link = args.spawn('link', { id: nameOf(args), syncSnapshot: true });
        return change(args, { status: 'offline', link, error: undefined });
      }),
      rest: raise((args) => ({ type: 'rested' as const, name: nameOf(args) }), {
        delay: ({ context }) => context.restart.delayMs,
      }),
      restAgain: enqueueActions(({ context, enqueue }) => {
        for (const [name, { status }] of Object.entries(context.endpoints)) {
          const { delayMs: delay } = context.restart;
          if (status === 'resting') enqueue.raise({ type: 'rested', name }, { delay });
        }
      }),
      stopLinks: ({ context }) => {
        for (const { link } of Object.values(context.endpoints)) link?.send({ type: 'stop' });
      },
      announceHealth: emit(({ context }) => ({
        type: 'health' as const,
        ...healthOf(context.endpoints),
      })),
    },
  }).createMachine({
    id: 'supervisor',
    context: ({ input, spawn }) => {
      const start = (name: string): Endpoint => {
        const link = spawn('link', { id: name, syncSnapshot: true });
        return { status: 'offline', link, restartsMs: [], error: undefined };
      };
      const endpoints = Object.fromEntries(input.names.map((name) => [name, start(name)]));
      return { restart: input.restart, endpoints };
    },
    invoke: { src: 'announceLife' },
    initial: 'supervising',
    on: {
      'xstate.snapshot.*': { guard: 'isNews', actions: ['recordStatus', 'announceHealth'] },
    },
    states: {
      supervising: {
        initial: 'down',
        always: { guard: 'isOver', target: 'stopped' },
        on: {
          stop: 'stopping',
          'xstate.done.actor.*': [
            { guard: 'hasEnded', actions: ['recordEnd', 'announceHealth'] },
            { guard: 'mayRestart', actions: ['recordFailure', 'rest', 'announceHealth'] },
            { actions: ['recordFailure', 'announceHealth'] },
          ],
          'xstate.error.actor.*': { actions: ['recordMistake', 'announceHealth'] },
          begun: { actions: 'restAgain' },
          rested: { actions: ['countRestart', 'startLink', 'announceHealth'] },
          restart: {
            guard: 'isGivenUp',
            actions: ['forgetRestarts', 'startLink', 'announceHealth'],
          },
        },
        states: {
          healthy: {
            description: 'Every endpoint is online.',
            always: { guard: not('isHealthy'), target: 'degraded' },
          },
          degraded: {
            description: 'Some are online.',
            always: [
              { guard: 'isHealthy', target: 'healthy' },
              { guard: 'isDown', target: 'down' },
            ],
          },
          down: {
            description: 'None is online.',
            always: { guard: not('isDown'), target: 'degraded' },
          },
        },
      },
      stopping: {
        description: 'Every link drains; nothing is restarted.',
        entry: 'stopLinks',
        on: {
          'xstate.done.actor.*': { actions: 'recordEnd' },
          'xstate.error.actor.*': { actions: 'recordEnd' },
        },
        always: { guard: 'isDrained', target: 'stopped' },
      },
      stopped: { type: 'final' },
    },
  });
}
