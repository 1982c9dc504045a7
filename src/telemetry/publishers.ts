import { channel, tracingChannel } from 'node:diagnostics_channel';
import type { DiagnosticsChannelName, DiagnosticsMessages } from './channels.js';

/** A channel whose messages have a type. */
interface Publisher<TMessage> {
  readonly hasSubscribers: boolean;
  publish(message: TMessage): void;
}

function plain<TName extends DiagnosticsChannelName>(
  name: TName,
): Publisher<DiagnosticsMessages[TName]> {
  return channel(name);
}

export const connectTrace = tracingChannel<unknown, DiagnosticsMessages['schmoozer:connect']>(
  'schmoozer:connect',
);
export const sessionTrace = tracingChannel<unknown, DiagnosticsMessages['schmoozer:session']>(
  'schmoozer:session',
);
export const linkState = plain('schmoozer:link:state');
export const linkEnded = plain('schmoozer:link:ended');
export const connectionQueued = plain('schmoozer:connection:queued');
export const connectionOpened = plain('schmoozer:connection:opened');
export const connectionStable = plain('schmoozer:connection:stable');
export const connectionClosing = plain('schmoozer:connection:closing');
export const connectionClosed = plain('schmoozer:connection:closed');
export const retryScheduled = plain('schmoozer:retry:scheduled');
export const limiterQueue = plain('schmoozer:limiter:queue');
export const limiterPace = plain('schmoozer:limiter:pace');
export const budgetDegraded = plain('schmoozer:budget:degraded');
export const budgetWaited = plain('schmoozer:budget:waited');
export const budgetRestored = plain('schmoozer:budget:restored');
export const endpointEjected = plain('schmoozer:endpoint:ejected');
export const restartScheduled = plain('schmoozer:restart:scheduled');
export const linkGivenUp = plain('schmoozer:link:givenUp');
