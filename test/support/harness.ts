import {
  constantBackoff,
  Continue,
  createReconnectActor,
  type ReconnectActor,
  type ReconnectActorOptions,
  type ReconnectCommand,
  type ReconnectEmitted,
} from 'schmoozer';
import {
  type ScriptedConnection,
  type ScriptedConnector,
  scriptedConnector,
  type ScriptedLimiter,
  scriptedLimiter,
  type VirtualClock,
  virtualClock,
} from 'schmoozer/testing';
import { onTestFinished } from 'vitest';
import { statePath } from '../../src/core/statePath.js';
import { isTransient, type RestingPath, statePaths } from '../../src/machine/vocabulary.js';
import { Story } from './story.js';

export interface Harness {
  readonly actor: ReconnectActor<unknown, ScriptedConnection>;
  readonly clock: VirtualClock;
  /** Lets this time pass until the timer that is due then, which comes late: by 50 ms, unless told otherwise. */
  readonly stall: (ms: number, lateMs?: number) => Promise<void>;
  readonly script: ScriptedConnector;
  /** The limiter, if one was asked for. */
  readonly permits: ScriptedLimiter | undefined;
  /** Everything emitted so far. */
  readonly emitted: ReconnectEmitted[];
  /** What went to the actor's logger. */
  readonly logged: unknown[];
  /** The state as `connecting.attempting`. */
  readonly state: () => string;
}

export interface HarnessOptions extends ReconnectActorOptions {
  readonly script?: ScriptedConnector;
  readonly retryDelay?: boolean;
  /** Gives the connector a `closed`. */
  readonly closed?: boolean;
  /** Gives the connector a `probe`. */
  readonly probe?: boolean;
  /** Lets attempts wait for a scripted limiter. */
  readonly limits?: boolean;
  /** False for an actor that is started twice: half of what it tells is not to be expected then. */
  readonly isWhole?: boolean;
}

/** An actor on a scripted connector and a virtual clock; delays are 1000 ms unless told otherwise. */
export function harness(options: HarnessOptions = {}): Harness {
  const { retryDelay = false, closed = false, probe = false, limits = false, ...rest } = options;
  const {
    script = scriptedConnector({ retryDelay, closed, probe }),
    isWhole = true,
    ...actorOptions
  } = rest;
  const permits = limits ? scriptedLimiter() : undefined;
  const clock = virtualClock();
  let lateMs = 0;
  const emitted: ReconnectEmitted[] = [];
  const story = new Story();
  const logged: unknown[] = [];
  const actor = createReconnectActor(script.connector, {
    clock,
    now: () => clock.now() + lateMs,
    random: () => 0.5,
    backoff: constantBackoff(1000),
    logger: (...args) => void logged.push(...args),
    ...(permits && { limiter: permits.limiter }),
    ...actorOptions,
  });
  actor.on('*', (event) => {
    emitted.push(event);
    story.tell(event);
  });
  if (isWhole) {
    onTestFinished(() => {
      story.check();
      checkUse(script, permits);
    });
  }
  actor.start();
  const state = () => statePath(actor.getSnapshot().value);
  const stall = async (ms: number, byMs = 50) => {
    await clock.advance(ms - 1);
    lateMs += byMs;
    await clock.next();
  };
  return { actor, clock, stall, script, permits, emitted, logged, state };
}

export { statePath };

/** Nothing is released twice, and no permit is settled twice, whatever a test has done. */
function checkUse(script: ScriptedConnector, permits: ScriptedLimiter | undefined): void {
  for (const connection of script.connections) {
    if (connection.releases > 1) throw new Error(`released ${connection.releases} times`);
  }
  for (const { outcomes, unstables } of permits?.permits ?? []) {
    if (outcomes.length > 1) throw new Error(`a permit was settled as ${outcomes.join(', ')}`);
    if (unstables > 0 && outcomes[0] !== 'opened') throw new Error('unstable, but never opened');
    if (unstables > 1) throw new Error(`unstable ${unstables} times`);
  }
}

/** What was told of one type, in order. */
export function told<TType extends ReconnectEmitted['type']>(
  { emitted }: Pick<Harness, 'emitted'>,
  type: TType,
): Extract<ReconnectEmitted, { type: TType }>[] {
  return emitted.filter((event) => event.type === type) as never;
}

/** The types of what was told, in order. */
export function toldTypes({ emitted }: Pick<Harness, 'emitted'>): ReconnectEmitted['type'][] {
  return emitted.map(({ type }) => type);
}

/** Where a machine can be before its end. */
export type Place = Exclude<RestingPath, 'stopped'>;

export const places: readonly Place[] = statePaths.filter(
  (path): path is Place => path !== 'stopped' && !isTransient(path),
);

/** What a harness needs, so that it can be driven to every place; the attempts of one that is not queued are admitted. */
export const everywhere = { retryDelay: true, closed: true, probe: true, limits: true } as const;

/** Drives a harness to a place; one made with `everywhere` can be driven to all of them. */
export async function goTo(h: Harness, place: Place): Promise<void> {
  const command = (from: Place, type: ReconnectCommand['type']) => async () => {
    await goTo(h, from);
    h.actor.send({ type });
  };
  const steps: Record<Place, () => Promise<void> | void> = {
    'connecting.queued': () => h.clock.drain(),
    'connecting.attempting': async () => {
      await h.clock.drain();
      if (h.actor.getSnapshot().hasTag('queued')) h.permits?.requests.at(-1)?.grant();
    },
    'connecting.overdue': async () => {
      await goTo(h, 'connecting.attempting');
      await h.stall(20_000);
    },
    'connecting.restarting': command('connecting.attempting', 'reconnect'),
    'connecting.suspending': command('connecting.attempting', 'suspend'),
    'connecting.stopping': command('connecting.attempting', 'stop'),
    'running.settling': async () => {
      await goTo(h, 'connecting.attempting');
      await settle(h, () => h.script.connects.at(-1)?.resolve());
    },
    'running.stable': async () => {
      await goTo(h, 'running.settling');
      await h.clock.advance(10_000);
    },
    'running.draining': async () => {
      await goTo(h, 'running.settling');
      await settle(h, () => h.script.closes.at(-1)?.resolve({ drained: new Promise(() => {}) }));
    },
    'running.closing': async () => {
      await goTo(h, 'running.settling');
      await settle(h, () => h.script.closes.at(-1)?.resolve());
    },
    'running.reconnecting': command('running.settling', 'reconnect'),
    'running.suspending': command('running.settling', 'suspend'),
    'running.stopping': command('running.settling', 'stop'),
    'waiting.deciding': async () => {
      await goTo(h, 'connecting.attempting');
      await settle(h, () => h.script.connects.at(-1)?.reject(new Error('refused')));
    },
    'waiting.delaying': async () => {
      await goTo(h, 'waiting.deciding');
      await settle(h, () => h.script.retryDelays.at(-1)?.resolve(Continue(500)));
    },
    'waiting.suspended': command('waiting.delaying', 'suspend'),
  };
  await steps[place]();
}

/** Settles something between two drains: what is due before it, and what follows from it. */
export async function settle(h: Harness, action: () => void): Promise<void> {
  await h.clock.drain();
  action();
  await h.clock.drain();
}
