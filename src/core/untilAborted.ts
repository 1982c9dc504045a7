import { type Abortable, whenAborted } from './whenAborted.js';

/** Settles like the promise, or rejects with the reason as soon as the context's signal is aborted. */
export function untilAborted<T>(promise: PromiseLike<T>, context: Abortable): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = whenAborted(context, reject);
    promise.then(
      (value) => {
        forget();
        resolve(value);
      },
      (error: unknown) => {
        forget();
        reject(error);
      },
    );
  });
}
