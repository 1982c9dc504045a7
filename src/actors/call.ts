/**
 * Calls a user's method and always returns a promise: a synchronous throw becomes a rejection, a plain value a
 * resolution.
 */
export function call<T>(method: () => T | PromiseLike<T>): Promise<T> {
  try {
    return Promise.resolve(method());
  } catch (error) {
    return Promise.reject(error);
  }
}
