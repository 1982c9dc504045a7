import { Continue } from 'schmoozer';
import type { InspectionEvent } from 'xstate';
import { goTo, harness, settle } from './harness.js';

/** Fails, retries, runs, is dropped, reconnects, stops; resolves to the actor’s session. */
export async function live(inspect: (event: InspectionEvent) => void): Promise<string> {
  // Not only in a test: in a page of a browser, too.
  const h = harness({ inspect, retryDelay: true, isWhole: false });
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

/** The events of that life, and the states they lead to. */
export const LIFE: readonly (readonly [event: string, value: unknown])[] = [
  ['xstate.init', { connecting: 'attempting' }],
  ['connect.started', { connecting: 'attempting' }],
  ['xstate.error.actor.connect', { waiting: 'deciding' }],
  ['xstate.done.actor.retryDelay', { waiting: 'delaying' }],
  ['xstate.after.retryDelay.reconnect.waiting.delaying', { connecting: 'attempting' }],
  ['connect.started', { connecting: 'attempting' }],
  ['xstate.done.actor.connect', { running: 'settling' }],
  ['xstate.done.actor.run', { waiting: 'deciding' }],
  ['xstate.done.actor.retryDelay', { connecting: 'attempting' }],
  ['connect.started', { connecting: 'attempting' }],
  ['xstate.done.actor.connect', { running: 'settling' }],
  ['xstate.after.stableAfter.reconnect.running.settling', { running: 'stable' }],
  ['reconnect', { running: 'reconnecting' }],
  ['xstate.done.actor.run', { connecting: 'attempting' }],
  ['connect.started', { connecting: 'attempting' }],
  ['xstate.done.actor.connect', { running: 'settling' }],
  ['stop', { running: 'stopping' }],
  ['xstate.done.actor.run', 'stopped'],
];
