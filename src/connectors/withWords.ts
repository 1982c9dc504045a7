/**
 * An error of a connect that says what each address of a name answered: Node leaves that to who looks into the error.
 *
 * @param where the connect went to, fit to be shown
 */
export function withWords<T>(error: T, where: string): T {
  if (!(error instanceof AggregateError) || error.message !== '') return error;
  // Whoever made the error may have put anything into it.
  const causes = error.errors.map((one: unknown) =>
    String((one as Partial<Error> | null | undefined)?.message ?? one).replace(/^connect /, ''),
  );
  error.message = `connect to ${where} failed: ${causes.join('; ')}`;
  error.stack = String(error.stack).replace(/.*/, () => `AggregateError: ${error.message}`);
  return error;
}
