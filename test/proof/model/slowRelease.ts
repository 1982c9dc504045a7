import { Continue, createReconnectActor } from 'schmoozer';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import {
  commands,
  isCommand,
  type ReconnectCommand,
  type ReconnectTag,
} from '../../../src/machine/vocabulary.js';

export const moments = [
  ...commands,
  ...(['lost', 'actor.stop()', 'timer', 'released', 'throws'] as const),
] as const;
export type Moment = (typeof moments)[number];

/** How the session ends: `run` answers, or the connection is lost and `run` gives in. */
export const beginnings = ['settled', 'lost'] as const;

/** Lets a session end whose release takes its time, then lets the moments happen; what is broken. */
export async function liveThroughRelease(
  beginning: (typeof beginnings)[number],
  path: readonly Moment[],
): Promise<string[]> {
  const script = scriptedConnector({ closed: true, probe: true });
  const clock = virtualClock();
  const { connector } = script;
  const disconnect = connector.disconnect?.bind(connector);
  let settleRelease = (_error?: Error) => {};
  connector.disconnect = (connection) => {
    void disconnect?.(connection);
    return new Promise((resolve, reject) => {
      settleRelease = (error) => (error ? reject(error) : resolve());
    });
  };
  const logged: unknown[] = [];
  const logger = (error: unknown) => void logged.push(error);
  const actor = createReconnectActor(connector, { clock, now: clock.now, logger }).start();
  const isActive = () => actor.getSnapshot().status === 'active';
  await clock.drain();
  script.connects[0]?.resolve();
  await clock.drain();
  const lose = () => {
    if (script.closes[0]?.isSettled === false) script.closes[0].reject(new Error('reset'));
  };
  if (beginning === 'lost') {
    lose();
    await clock.drain();
  }
  script.runs[0]?.resolve(Continue());
  await clock.drain();

  let stoppedAt: number | undefined;
  let suspendedAt: number | undefined;
  const hasTag = (tag: ReconnectTag) => isActive() && actor.getSnapshot().hasTag(tag);
  const command = (type: ReconnectCommand['type']) => {
    if (type === 'stop') stoppedAt ??= script.connects.length;
    actor.send({ type });
  };
  const happen: Record<Exclude<Moment, ReconnectCommand['type']>, () => unknown> = {
    'actor.stop()': () => {
      stoppedAt ??= script.connects.length;
      actor.stop();
    },
    lost: lose,
    timer: () => clock.next(),
    released: () => settleRelease(),
    throws: () => settleRelease(new Error('not released')),
  };
  const broken: string[] = [];
  const check = (moment: string) => {
    const [first] = script.connections;
    if (first?.releases !== 1) broken.push(`released exactly once, after ${moment}`);
    if (!isActive() && clock.pending.length > 0) broken.push(`no timer left, after ${moment}`);
    if (stoppedAt !== undefined && script.connects.length !== stoppedAt) {
      broken.push(`no connect after the stop, after ${moment}`);
    }
    suspendedAt = hasTag('suspended') ? (suspendedAt ?? script.connects.length) : undefined;
    if (suspendedAt !== undefined && script.connects.length !== suspendedAt) {
      broken.push(`no connect while suspended, after ${moment}`);
    }
    if (hasTag('online')) broken.push(`not online, after ${moment}`);
    if (script.probes.length > 0) broken.push(`nothing to probe, after ${moment}`);
  };
  check('the end of run');
  for (const moment of path) {
    if (!isActive() && moment !== 'released' && moment !== 'throws') break;
    await (isCommand(moment) ? command(moment) : happen[moment]());
    await clock.drain();
    check(moment);
  }
  if (isActive()) actor.stop();
  settleRelease();
  await clock.drain();
  if (clock.pending.length > 0) broken.push('no timer left at the end');
  return broken;
}
