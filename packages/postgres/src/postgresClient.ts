/** A client of `pg`, as far as it is used. */
export interface PostgresClient {
  connect(): PromiseLike<unknown>;
  query(text: string, values?: unknown[]): PromiseLike<{ readonly rows: readonly unknown[] }>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  end(): PromiseLike<unknown>;
}
