/** A client of `pg`, as far as it is used. */
export interface PostgresClient {
  connect(): PromiseLike<unknown>;
  query(text: string, values?: unknown[]): PromiseLike<{ readonly rows: readonly unknown[] }>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  end(): PromiseLike<unknown>;
}

/** What asks the server, in the session that listens. */
export interface PostgresQueries {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what a row is, the caller knows
  query<TRow = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: TRow[]; readonly rowCount: number | null }>;
}
