/**
 * Completes an error of a connect with the error of each address of a name: Node's own message omits them.
 *
 * @param where the printable destination of the connect
 */
export function withWords<T>(error: T, where: string): T {
  if (!(error instanceof AggregateError) || error.message !== '') return error;
  // The elements may be of any type.
  const causes = error.errors.map((one: unknown) =>
    String((one as Partial<Error> | null | undefined)?.message ?? one).replace(/^connect /, ''),
  );
  error.message = `connect to ${where} failed: ${causes.join('; ')}`;
  error.stack = String(error.stack).replace(/.*/, () => `AggregateError: ${error.message}`);
  return error;
}
