export { live } from '../../../test/support/life.js';

/** The events of that life by XState 4's names, and the states they lead to. */
export const LIFE: readonly (readonly [event: string, value: unknown])[] = [
  ['xstate.init', { connecting: 'attempting' }],
  ['connect.started', { connecting: 'attempting' }],
  ['error.platform.connect', { waiting: 'deciding' }],
  ['done.invoke.retryDelay', { waiting: 'delaying' }],
  ['xstate.after(retryDelay)#reconnect.waiting.delaying', { connecting: 'attempting' }],
  ['connect.started', { connecting: 'attempting' }],
  ['done.invoke.connect', { running: 'settling' }],
  ['done.invoke.run', { waiting: 'deciding' }],
  ['done.invoke.retryDelay', { connecting: 'attempting' }],
  ['connect.started', { connecting: 'attempting' }],
  ['done.invoke.connect', { running: 'settling' }],
  ['xstate.after(stableAfter)#reconnect.running.settling', { running: 'stable' }],
  ['reconnect', { running: 'reconnecting' }],
  ['done.invoke.run', { connecting: 'attempting' }],
  ['connect.started', { connecting: 'attempting' }],
  ['done.invoke.connect', { running: 'settling' }],
  ['stop', { running: 'stopping' }],
  ['done.invoke.run', 'stopped'],
];
