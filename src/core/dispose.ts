/** Releases a value by its `Symbol.asyncDispose`, else by its `Symbol.dispose`, if it has one. */
export function dispose(value: unknown): PromiseLike<void> | undefined {
  const disposable = value as Partial<AsyncDisposable & Disposable> | null | undefined;
  // Engines without explicit resource management lack the two symbols.
  if (Symbol.asyncDispose !== undefined && disposable?.[Symbol.asyncDispose] !== undefined) {
    return disposable[Symbol.asyncDispose]?.();
  }
  if (Symbol.dispose !== undefined) disposable?.[Symbol.dispose]?.();
  return undefined;
}
