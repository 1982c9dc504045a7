// Why: docs/decisions/0105-programs-without-xstate.md
/** The names that `schmoozer` and `schmoozer/compiled` have in common. They load no XState. */
export {
  type ConnectContext,
  type ConnectionEnd,
  Break,
  type Connector,
  Continue,
  type ContinueOrBreak,
  type ControlFlow,
  type ErrorFacts,
  type FailureContext,
  isControlFlow,
  type Peer,
  type ProbeContext,
  type RetryDelay,
  type RunAnswer,
  type RunContext,
  type Verdict,
} from '../core/connector.js';
export {
  ActorStopped,
  ConnectionLost,
  ConnectTimeoutError,
  GracePeriodError,
  type ErrorCode,
  fatal,
  FatalError,
  InvalidControlFlowError,
  InvalidOptionError,
  InvalidRetryDelayError,
  IsRetryableError,
  LimiterError,
  ListenerError,
  NotRestorableError,
  ReconnectRequested,
  ReleaseError,
  RetryableError,
  RetryLimitError,
  SchmoozerError,
  StopRequested,
  SuspendRequested,
} from '../core/errors.js';
export type { ConnectLimiter, ConnectRequest, Permit, PermitOutcome } from '../core/limiter.js';
export { retryable, type RetryableOptions } from '../core/retryable.js';
export { Redacted, redact } from '../core/redacted.js';
export type { ReconnectContext, ReconnectInput } from '../machine/context.js';
export type {
  AbortCause,
  CloseCause,
  ClosingCause,
  ReconnectCommand,
  ReconnectEmitted,
  ReconnectOutput,
  ReconnectStateValue,
  ReconnectTag,
} from '../machine/vocabulary.js';
export { LinkEndedError } from '../machine/linkEndedError.js';
export {
  type FailFast,
  type ReconnectOptions,
  resumeFrom,
  type ResumePoint,
} from '../machine/settings.js';
export type { OpenedOptions } from '../machine/whenOpened.js';
export type { Backoff, Random } from '../policy/backoff.js';
export { constantBackoff } from '../policy/constantBackoff.js';
export {
  exponentialBackoff,
  type ExponentialBackoffOptions,
  type Jitter,
} from '../policy/exponentialBackoff.js';
export { limitAttempts } from '../policy/limitAttempts.js';
export { limitDownTime } from '../policy/limitDownTime.js';
export { isProgrammerError } from '../policy/classify.js';
export { sequenceBackoff } from '../policy/sequenceBackoff.js';
export { run, type RunOptions, type RunResult } from './run.js';
