import type { ReconnectCommand } from 'schmoozer';
import type { RestingPath } from '../../../src/machine/vocabulary.js';

/** What goes on in each place: which call is wanted, and how many timers run. */
export const goingOn: {
  readonly [P in RestingPath]: readonly ['connect' | 'run' | 'retryDelay' | 'none', number];
} = {
  'connecting.queued': ['none', 0],
  'connecting.attempting': ['connect', 1],
  'connecting.overdue': ['connect', 1],
  'connecting.restarting': ['none', 1],
  'connecting.suspending': ['none', 1],
  'connecting.stopping': ['none', 1],
  'running.settling': ['run', 1],
  'running.stable': ['run', 0],
  'running.draining': ['run', 1],
  'running.closing': ['none', 1],
  'running.reconnecting': ['none', 1],
  'running.suspending': ['none', 1],
  'running.stopping': ['none', 1],
  'waiting.deciding': ['retryDelay', 0],
  'waiting.delaying': ['none', 1],
  'waiting.suspended': ['none', 0],
  stopped: ['none', 0],
};

/** The six tags of which an active link has exactly one. */
export const sixTags = [
  'connecting',
  'online',
  'closing',
  'waiting',
  'suspended',
  'stopping',
] as const;
export type Tag = (typeof sixTags)[number];

/** What a command leads to; what is not named stays as it is. `queued` is `connecting` before `connect` is called. */
export const obedience: {
  readonly [C in ReconnectCommand['type']]: { readonly [T in Tag | 'queued']?: Tag };
} = {
  stop: {
    connecting: 'stopping',
    online: 'stopping',
    closing: 'stopping',
  },
  reconnect: { online: 'closing', waiting: 'connecting' },
  suspend: {
    queued: 'suspended',
    connecting: 'closing',
    online: 'closing',
    waiting: 'suspended',
  },
  resume: { suspended: 'connecting' },
  probe: {},
};

/** Where an attempt has been told to end. */
export const endingAttempt = /^connecting\.(restarting|suspending|stopping)/;

export const abortReasons = {
  stop: 'StopRequested',
  reconnect: 'ReconnectRequested',
  suspend: 'SuspendRequested',
} as const;
