import type { Decision, PendingDecision } from '../policy/decide.js';
import { abortable } from './abortable.js';

/** Waits for the answer of a `retryDelay` that returned a promise. */
export const retryDelayLogic = abortable<PendingDecision, Decision>((pending, task) => {
  task.whenStopped(() => pending.abort(task.reason));
  void pending.answer.then((decision) => task.resolve(decision));
});
