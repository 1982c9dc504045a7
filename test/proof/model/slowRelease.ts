import { Continue, createReconnectActor } from 'schmoozer';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { commands, isCommand, type ReconnectCommand } from '../../../src/machine/vocabulary.js';

export const moments = [...commands, 'actor.stop()', 'timer', 'released', 'throws'] as const;
export type Moment = (typeof moments)[number];

/** Lets a session end whose release takes its time, then lets the moments happen; what is broken. */
export async function liveThroughRelease(path: readonly Moment[]): Promise<string[]> {
  const script = scriptedConnector();
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
  script.runs[0]?.resolve(Continue());
  await clock.drain();

  let stoppedAt: number | undefined;
  const command = (type: ReconnectCommand['type']) => {
    if (type === 'stop') stoppedAt ??= script.connects.length;
    actor.send({ type });
  };
  const happen: Record<Exclude<Moment, ReconnectCommand['type']>, () => unknown> = {
    'actor.stop()': () => {
      stoppedAt ??= script.connects.length;
      actor.stop();
    },
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
