import {
  constantBackoff,
  Continue,
  createReconnectActor,
  type ReconnectActor,
  type ReconnectActorOptions,
  type ReconnectEmitted,
} from 'schmoozer';
import {
  type ScriptedConnector,
  scriptedConnector,
  type VirtualClock,
  virtualClock,
} from 'schmoozer/testing';
import { statePath } from '../../src/core/statePath.js';
import { isTransient, type RestingPath, statePaths } from '../../src/machine/vocabulary.js';

export interface Harness {
  readonly actor: ReconnectActor<unknown>;
  readonly clock: VirtualClock;
  readonly script: ScriptedConnector;
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
}

/** An actor on a scripted connector and a virtual clock; delays are 1000 ms unless told otherwise. */
export function harness(options: HarnessOptions = {}): Harness {
  const { script = scriptedConnector({ retryDelay: options.retryDelay ?? false }), ...rest } =
    options;
  const clock = virtualClock();
  const emitted: ReconnectEmitted[] = [];
  const logged: unknown[] = [];
  const { retryDelay: _, ...actorOptions } = rest;
  const actor = createReconnectActor(script.connector, {
    clock,
    now: clock.now,
    random: () => 0.5,
    backoff: constantBackoff(1000),
    logger: (...args) => void logged.push(...args),
    ...actorOptions,
  });
  actor.on('*', (event) => void emitted.push(event));
  actor.start();
  const state = () => statePath(actor.getSnapshot().value);
  return { actor, clock, script, emitted, logged, state };
}

export { statePath };

/** Where a machine can be before its end. */
export type Place = Exclude<RestingPath, 'stopped'>;

export const places: readonly Place[] = statePaths.filter(
  (path): path is Place => path !== 'stopped' && !isTransient(path),
);

/** Drives a harness made with `retryDelay: true` to a place. */
export async function goTo(h: Harness, place: Place): Promise<void> {
  const steps: Record<Place, () => Promise<void> | void> = {
    'connecting.attempting': () => h.clock.drain(),
    'connecting.stopping': async () => {
      await goTo(h, 'connecting.attempting');
      h.actor.send({ type: 'stop' });
    },
    'running.settling': () => settle(h, () => h.script.connects.at(-1)?.resolve()),
    'running.stable': async () => {
      await goTo(h, 'running.settling');
      await h.clock.advance(10_000);
    },
    'running.reconnecting': async () => {
      await goTo(h, 'running.settling');
      h.actor.send({ type: 'reconnect' });
    },
    'running.stopping': async () => {
      await goTo(h, 'running.settling');
      h.actor.send({ type: 'stop' });
    },
    'waiting.deciding': () =>
      settle(h, () => h.script.connects.at(-1)?.reject(new Error('refused'))),
    'waiting.delaying': async () => {
      await goTo(h, 'waiting.deciding');
      await settle(h, () => h.script.retryDelays.at(-1)?.resolve(Continue(500)));
    },
  };
  await steps[place]();
}

/** Settles something between two drains: what is due before it, and what follows from it. */
export async function settle(h: Harness, action: () => void): Promise<void> {
  await h.clock.drain();
  action();
  await h.clock.drain();
}
