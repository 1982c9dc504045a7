import {
  Break,
  Continue,
  createReconnectActor,
  fatal,
  type ReconnectActor,
  type ReconnectActorOptions,
  type ReconnectCommand,
  type ReconnectEmitted,
} from 'schmoozer';
import {
  type ScriptedConnector,
  scriptedConnector,
  type VirtualClock,
  virtualClock,
} from 'schmoozer/testing';
import { isCommand } from '../../../src/machine/vocabulary.js';
import { isTimer, type ModelEvent, type TimerEvent } from '../../../src/testing/model.js';

export const TIMES = {
  connectTimeoutMs: 20_000,
  stableAfterMs: 10_000,
  gracePeriodMs: 5000,
} as const;

/** How long the clock stands before each command. */
export const COMMAND_AFTER_MS = 1;

/** Longer than any timer. */
export const FOREVER_MS = 2 ** 31;

/** What `retryDelay.ms` answers: another delay at each attempt, so that none is taken for another. */
export const delayAt = (attempt: number): number => 500 + attempt;

export const errors = {
  retryable: new Error('refused'),
  fatal: new Error('revoked'),
  policy: new Error('no more'),
};

/** A real actor, and everything that can be seen of it. */
export interface Replay {
  readonly actor: ReconnectActor<unknown>;
  readonly script: ScriptedConnector;
  readonly clock: VirtualClock;
  readonly emitted: ReconnectEmitted[];
  apply(event: ModelEvent): Promise<void>;
}

export async function startReplay(options: ReconnectActorOptions = {}): Promise<Replay> {
  const script = scriptedConnector({ retryDelay: options.backoff === undefined });
  const clock = virtualClock();
  const emitted: ReconnectEmitted[] = [];
  const actor = createReconnectActor(script.connector, {
    clock,
    now: clock.now,
    random: () => 0.5,
    ...TIMES,
    ...options,
  });
  actor.on('*', (event) => void emitted.push(event));
  actor.start();
  await clock.drain();

  const connect = () => last(script.connects);
  const run = () => last(script.runs);
  const retryDelay = () => last(script.retryDelays);
  // A little later than what came before, so that a timer set anew by mistake shows.
  const command = async (type: ReconnectCommand['type']) => {
    await clock.advance(COMMAND_AFTER_MS);
    actor.send({ type, reason: 'asked' });
  };
  const apply: Record<
    Exclude<ModelEvent, TimerEvent | ReconnectCommand['type']>,
    () => Promise<void> | void
  > = {
    'connect.ok': () => connect().resolve(),
    'connect.retryable': () => connect().reject(errors.retryable),
    'connect.fatal': () => connect().reject(fatal(errors.fatal)),
    'run.continue': () => run().resolve(Continue()),
    'run.break': () => run().resolve(Break('result')),
    'run.throws': () => run().reject(errors.retryable),
    'run.fatal': () => run().reject(fatal(errors.fatal)),
    'retryDelay.ms': () =>
      retryDelay().resolve(Continue(delayAt(actor.getSnapshot().context.attempt))),
    'retryDelay.zero': () => retryDelay().resolve(Continue(0)),
    'retryDelay.infinity': async () => {
      retryDelay().resolve(Continue(Infinity));
      // Even the longest timer must not end this wait.
      await clock.advance(FOREVER_MS);
    },
    'retryDelay.break': () => retryDelay().resolve(Break('result')),
    'retryDelay.throws': () => retryDelay().reject(errors.policy),
  };
  return {
    actor,
    script,
    clock,
    emitted,
    async apply(event) {
      if (isTimer(event)) await clock.next();
      else if (isCommand(event)) await command(event);
      else await apply[event]();
      await clock.drain();
    },
  };
}

function last<T>(calls: readonly T[]): T {
  const call = calls.at(-1);
  if (call === undefined)
    throw new Error('the machine has not called the method that is to settle');
  return call;
}
