import {
  ConnectTimeoutError,
  type ControlFlow,
  type ReconnectCommand,
  type ReconnectOutput,
  RetryableError,
} from 'schmoozer';
import type { VirtualClock } from 'schmoozer/testing';
import type { World } from './differentialWorld.js';

export const LIMITS = { connectTimeoutMs: 1000.25, stableAfterMs: 1000.125 };

/** A command that ended what was going on. */
class Interrupt {
  constructor(readonly command: ReconnectCommand['type'] | 'timeout') {}
}

/**
 * The loop of the seed crate, written down plainly: connect, run, ask for the delay, sleep, again. A
 * command ends what is going on; what it ends is well-behaved, so nothing has to be drained.
 */
export async function plainLoop(
  world: World,
  clock: VirtualClock,
): Promise<ReconnectOutput<string>> {
  let attempt = 0;
  let previousDelayMs = 0;
  let lastError: unknown;
  const orInterrupt = <T>(
    work: Promise<T>,
    heeds: readonly ReconnectCommand['type'][],
    timeoutMs = Infinity,
  ) =>
    new Promise<T | Interrupt>((resolve, reject) => {
      const timer = clock.setTimeout(() => resolve(new Interrupt('timeout')), timeoutMs);
      world.onCommand = (command) => heeds.includes(command) && resolve(new Interrupt(command));
      work.then(resolve, reject).finally(() => clock.clearTimeout(timer));
    }).finally(() => world.endCall());
  const isStopped = async (delayMs: number) => {
    const sleep = new Promise<never>(() => {});
    const slept = await orInterrupt(sleep, ['stop', 'reconnect'], delayMs);
    return slept.command === 'stop';
  };
  const stopped = { status: 'stopped', reason: 'asked' } as const;

  for (;;) {
    let phase: 'connect' | 'run' = 'connect';
    let hintMs: number | undefined;
    let consumesAttempt = true;
    let error: unknown;
    try {
      const opened = await orInterrupt(
        world.connect(attempt, lastError),
        ['stop'],
        LIMITS.connectTimeoutMs,
      );
      if (!(opened instanceof Interrupt)) {
        phase = 'run';
        const stable = clock.setTimeout(() => {
          attempt = previousDelayMs = 0;
          lastError = undefined;
        }, LIMITS.stableAfterMs);
        const flow = await orInterrupt(world.run(), ['stop', 'reconnect']).finally(() => {
          clock.clearTimeout(stable);
          world.disconnect();
        });
        if (flow instanceof Interrupt && flow.command === 'reconnect') continue;
        if (flow instanceof Interrupt) return stopped;
        if (flow.type === 'Break') return { status: 'completed', value: flow.value };
      } else if (opened.command === 'stop') return stopped;
      else error = new ConnectTimeoutError(LIMITS.connectTimeoutMs);
    } catch (thrown) {
      error = world.causeOf(thrown);
      if (world.isFatal(thrown)) return { status: 'failed', error };
      if (thrown instanceof RetryableError) hintMs = thrown.delayMs;
      consumesAttempt = !(thrown instanceof RetryableError) || thrown.consumesAttempt;
    }
    lastError = error;
    if (!consumesAttempt) {
      if (await isStopped(hintMs ?? 0)) return stopped;
      continue;
    }
    attempt += 1;
    let delay: ControlFlow<string, number> | Interrupt;
    try {
      const answer = world.retryDelay({ phase, attempt, previousDelayMs, hintMs });
      delay = answer instanceof Promise ? await orInterrupt(answer, ['stop', 'reconnect']) : answer;
    } catch (thrown) {
      return { status: 'failed', error: thrown };
    }
    if (delay instanceof Interrupt && delay.command === 'stop') return stopped;
    if (delay instanceof Interrupt) continue;
    if (delay.type === 'Break') return { status: 'completed', value: delay.value };
    previousDelayMs = delay.payload;
    if (previousDelayMs === 0) continue;
    if (await isStopped(previousDelayMs)) return stopped;
  }
}
