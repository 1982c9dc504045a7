/** A client of `pg`, as far as it is used. */
export interface PostgresClient {
  /** Opens the connection. */
  connect(): PromiseLike<unknown>;
  /** Asks the server. */
  query(text: string, values?: unknown[]): PromiseLike<{ readonly rows: readonly unknown[] }>;
  /** Reports an error of the connection. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Closes the connection. */
  end(): PromiseLike<unknown>;
}

/** What asks the server, in the session that listens. */
export interface PostgresQueries {
  /** Asks the server; `values` are the parameters `$1`, `$2` and so on. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what a row is, the caller knows
  query<TRow = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: TRow[]; readonly rowCount: number | null }>;
}
