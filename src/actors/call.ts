/** Calls a user's method: what it throws at once is a rejection, what it returns bare is a result. */
export function call<T>(method: () => T | PromiseLike<T>): Promise<T> {
  try {
    return Promise.resolve(method());
  } catch (error) {
    return Promise.reject(error);
  }
}
