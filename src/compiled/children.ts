import { connectWork } from '../actors/connectWork.js';
import { retryDelayWork } from '../actors/retryDelayWork.js';
import { runWork } from '../actors/runWork.js';
import type { Work } from '../actors/task.js';
import type { ChildId } from '../machine/vocabulary.js';

/** The work of a child, and the events by which the chart receives its result. */
export interface Child<TInput, TOutput> {
  readonly work: Work<TInput, TOutput>;
  readonly done: string;
  readonly error: string;
}

/** The children of the chart, by their ids. */
export const children = {
  connect: child('connect', connectWork),
  run: child('run', runWork),
  retryDelay: child('retryDelay', retryDelayWork),
};

function child<TInput, TOutput>(id: ChildId, work: Work<TInput, TOutput>): Child<TInput, TOutput> {
  return { work, done: `xstate.done.actor.${id}`, error: `xstate.error.actor.${id}` };
}
