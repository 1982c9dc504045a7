/**
 * Paces attempts of all links of a process, by key: how many at once, how many per second, in which order.
 *
 * @packageDocumentation
 */
export type { ConnectLimiter, ConnectRequest, Permit, PermitOutcome } from './core/limiter.js';
export type { BudgetEvent, ConnectBudget, KeyBudget } from './many/budget.js';
export { adaptivePace, type AdaptivePaceOptions } from './many/adaptivePace.js';
export {
  connectLimiter,
  type ConnectLimiterOptions,
  type KeyedLimiter,
  type LimiterStats,
  type PriorityStats,
} from './many/connectLimiter.js';
export { fixedPace, type FixedPaceOptions } from './many/fixedPace.js';
export type { KeyPace, Pace } from './many/pace.js';
export { QueueFullError } from './many/queueFullError.js';
