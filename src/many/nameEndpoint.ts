/**
 * The original messages of errors before an endpoint's name was added: some connectors throw the same error repeatedly.
 */
const originals = new WeakMap<Error, string>();

/**
 * Adds the endpoint's name to the error's message, if it is missing. The error stays the same object with all other
 * properties.
 */
export function nameEndpoint(error: unknown, name: string): void {
  if (!(error instanceof Error)) return;
  const { message, stack } = error;
  const original = originals.get(error) ?? message;
  if (original.includes(name)) return;
  originals.set(error, original);
  const named = `${name}: ${original}`;
  set(error, 'message', named);
  if (stack !== undefined)
    set(
      error,
      'stack',
      stack.replace(message, () => named),
    );
}

/** Sets a property; does nothing if the error is frozen. */
function set(error: Error, field: 'message' | 'stack', value: string): void {
  Reflect.defineProperty(error, field, { value, configurable: true, writable: true });
}
