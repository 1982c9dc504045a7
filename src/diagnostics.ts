/**
 * The events of every link, on Node's diagnostics channels.
 *
 * @packageDocumentation
 */
export type { Peer } from './core/connector.js';
export {
  channels,
  type DiagnosticsChannel,
  type DiagnosticsChannelName,
  type DiagnosticsMessages,
} from './telemetry/channels.js';
export {
  type DiagnosableLink,
  diagnose,
  diagnoseAll,
  type DiagnoseOptions,
} from './telemetry/diagnose.js';
export type {
  BudgetDegradedMessage,
  BudgetRestoredMessage,
  BudgetWaitedMessage,
  ConnectionClosedMessage,
  ConnectionClosingMessage,
  ConnectionOpenedMessage,
  ConnectionQueuedMessage,
  ConnectionStableMessage,
  ConnectTraceMessage,
  DiagnosticsFailure,
  DiagnosticsNetwork,
  DiagnosticsServer,
  DiagnosticsState,
  EndpointEjectedMessage,
  LimiterMessage,
  LimiterPaceMessage,
  LimiterQueueMessage,
  LinkEndedMessage,
  LinkGivenUpMessage,
  LinkMessage,
  LinkStateMessage,
  RestartScheduledMessage,
  RetryScheduledMessage,
  SessionTraceMessage,
} from './telemetry/messages.js';
