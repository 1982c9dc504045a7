export {
  type Attempt,
  Break,
  type Connector,
  Continue,
  type ControlFlow,
  type Failure,
  isControlFlow,
  type Session,
} from './connector.js';
export {
  ActorStopped,
  ConnectTimeoutError,
  DrainTimeoutError,
  type ErrorCode,
  fatal,
  FatalError,
  InvalidControlFlowError,
  InvalidOptionError,
  InvalidRetryDelayError,
  IsRetryableError,
  ListenerError,
  NotRestorableError,
  ReconnectRequested,
  ReleaseError,
  retryable,
  RetryableError,
  RetryLimitError,
  SchmoozerError,
  StopRequested,
} from './errors.js';
export { Hidden, hide } from './hidden.js';
export type { ReconnectContext, ReconnectInput } from './machine/context.js';
export type {
  CloseCause,
  ReconnectCommand,
  ReconnectEmitted,
  ReconnectOutput,
} from './machine/events.js';
export {
  reconnectMachine,
  type ReconnectMachine,
  type ReconnectStateValue,
  type ReconnectTag,
} from './machine/machine.js';
export type { ReconnectOptions, ResumePoint } from './machine/options.js';
export { resumeFrom } from './machine/resume.js';
export type { Backoff, Random } from './policy/backoff.js';
export { constantBackoff } from './policy/constantBackoff.js';
export {
  exponentialBackoff,
  type ExponentialBackoffOptions,
  type Jitter,
} from './policy/exponentialBackoff.js';
export { limitAttempts } from './policy/limitAttempts.js';
export { limitDownTime } from './policy/limitDownTime.js';
export { isProgrammerError } from './policy/retryable.js';
export { sequenceBackoff } from './policy/sequenceBackoff.js';
export {
  createReconnectActor,
  ReconnectActor,
  type ReconnectActorOptions,
} from './reconnectActor.js';
export { run, type RunOptions, type RunResult } from './run.js';
