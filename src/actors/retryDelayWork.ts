import { Redacted } from '../core/redacted.js';
import type { Decision, PendingDecision } from '../policy/decide.js';
import type { Task } from './task.js';

/** Waits for the answer of a `retryDelay` that returned a promise. */
export function retryDelayWork(
  pending: PendingDecision,
  task: Task<PendingDecision, Redacted<Decision>>,
): void {
  task.whenStopped(() => pending.abort(task.reason));
  void pending.answer.then((decision) => task.resolve(new Redacted(decision)));
}
