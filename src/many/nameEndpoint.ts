/** What errors said before an endpoint was named in them: some connectors throw the same one again and again. */
const originals = new WeakMap<Error, string>();

/** The error, with the endpoint in its message if it does not name it: it is the same object, in all else unchanged. */
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

/** Does nothing to an error that is frozen. */
function set(error: Error, field: 'message' | 'stack', value: string): void {
  Reflect.defineProperty(error, field, { value, configurable: true, writable: true });
}
