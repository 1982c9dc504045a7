import { Continue } from 'schmoozer';
import { goTo, harness, settle } from '../../../test/support/harness.js';
import type { InspectV4 } from '../src/index.js';

/** Fails, retries, runs, is dropped, reconnects, stops; resolves to the actor's session. */
export async function live(inspect: InspectV4): Promise<string> {
  const h = harness({ inspect, retryDelay: true });
  await goTo(h, 'waiting.delaying');
  await h.clock.advance(500);
  await settle(h, () => h.script.connects.at(-1)?.resolve());
  await settle(h, () => h.script.runs.at(-1)?.resolve(Continue()));
  await settle(h, () => h.script.retryDelays.at(-1)?.resolve(Continue(0)));
  await settle(h, () => h.script.connects.at(-1)?.resolve());
  await h.clock.advance(10_000);
  h.actor.send({ type: 'reconnect' });
  await settle(h, () => h.script.runs.at(-1)?.resolve(Continue()));
  await settle(h, () => h.script.connects.at(-1)?.resolve());
  h.actor.send({ type: 'stop', reason: 'hunter2' });
  await settle(h, () => h.script.runs.at(-1)?.resolve(Continue()));
  return h.actor.sessionId;
}

/** The events of that life by XState 4's names, and the states they lead to. */
export const LIFE: readonly (readonly [event: string, value: unknown])[] = [
  ['xstate.init', { connecting: 'attempting' }],
  ['error.platform.connect', { waiting: 'deciding' }],
  ['done.invoke.retryDelay', { waiting: 'delaying' }],
  ['xstate.after(retryDelay)#reconnect.waiting.delaying', { connecting: 'attempting' }],
  ['done.invoke.connect', { running: 'settling' }],
  ['done.invoke.run', { waiting: 'deciding' }],
  ['done.invoke.retryDelay', { connecting: 'attempting' }],
  ['done.invoke.connect', { running: 'settling' }],
  ['xstate.after(stableAfter)#reconnect.running.settling', { running: 'stable' }],
  ['reconnect', { running: 'reconnecting' }],
  ['done.invoke.run', { connecting: 'attempting' }],
  ['done.invoke.connect', { running: 'settling' }],
  ['stop', { running: 'stopping' }],
  ['done.invoke.run', 'stopped'],
];
