import { Redacted } from '../core/redacted.js';
import type { Decision, PendingDecision } from '../policy/decide.js';
import type { Work } from './task.js';

/** Waits for the result of a `retryDelay` that returned a promise. */
export const retryDelayWork: Work<PendingDecision, Redacted<Decision>> = {
  start(pending, task) {
    task.whenStopped(() => pending.abort(task.reason));
    void pending.answer.then((decision) => task.resolve(new Redacted(decision)));
  },
};
