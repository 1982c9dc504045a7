import type { ClaimTerms, LockClaim } from 'schmoozer/exclusive';
import type { PostgresClient } from './postgresClient.js';

/** How long an orderly disconnect may take, in milliseconds. */
const GOODBYE_MS = 1000;

const UNDEFINED_TABLE = '42P01';
/** Two sessions have created the same table at the same time. */
const MADE_ALREADY = ['42P07', '23505'];

/** A Postgres session that wants or has a lock. */
export class PostgresClaim implements LockClaim {
  readonly #client: PostgresClient;
  readonly #table: string;
  readonly #name: string;

  private constructor(client: PostgresClient, table: string, name: string) {
    this.#client = client;
    this.#table = table;
    this.#name = name;
  }

  /** Opens a session that the server ends after `lifeMs` of silence. */
  static async open(
    makeClient: () => PostgresClient,
    table: string,
    { name, lifeMs, lose, signal }: ClaimTerms,
  ): Promise<PostgresClaim> {
    const client = makeClient();
    client.on('error', lose);
    const claim = new PostgresClaim(client, table, name);
    const giveUp = () => destroy(client);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await client.connect();
      // The only timeout by which a server notices a client that is connected but blocked.
      await client.query("select set_config('idle_session_timeout', $1, false)", [String(lifeMs)]);
      return claim;
    } catch (error) {
      await claim.release();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async take(): Promise<number | undefined> {
    const lock = 'select pg_try_advisory_lock(hashtextextended($1, 0)) as "isHeld"';
    const { isHeld } = await this.#row<{ isHeld: boolean }>(lock, `schmoozer:${this.#name}`);
    return isHeld ? this.#nextFence() : undefined;
  }

  /** Any answer proves that the session is alive. */
  async renew(): Promise<boolean> {
    await this.#client.query('select 1');
    return true;
  }

  /** The lock ends with the session. */
  async release(): Promise<void> {
    const timer = setTimeout(() => destroy(this.#client), GOODBYE_MS);
    try {
      await this.#client.end();
    } finally {
      clearTimeout(timer);
    }
  }

  /** Called only by the holder of the lock. */
  async #nextFence(): Promise<number> {
    try {
      return await this.#countFence();
    } catch (error) {
      if (codeOf(error) !== UNDEFINED_TABLE) throw error;
    }
    await this.#makeTable();
    return this.#countFence();
  }

  /**
   * Returns the time in milliseconds, or the last number plus one if that is greater, so that the number does not
   * decrease after a backup was restored.
   */
  async #countFence(): Promise<number> {
    const { fence } = await this.#row<{ fence: string }>(
      `insert into ${this.#table} as lock (name, fence)
       values ($1, floor(extract(epoch from clock_timestamp()) * 1000))
       on conflict (name) do update set fence = greatest(lock.fence + 1, excluded.fence)
       returning fence`,
      this.#name,
    );
    return Number(fence);
  }

  async #makeTable(): Promise<void> {
    try {
      await this.#client.query(
        `create table if not exists ${this.#table} (name text primary key, fence bigint not null)`,
      );
    } catch (error) {
      if (!MADE_ALREADY.includes(codeOf(error) as string)) throw error;
    }
  }

  async #row<TRow>(text: string, value: string): Promise<TRow> {
    const { rows } = await this.#client.query(text, [value]);
    return rows[0] as TRow;
  }
}

/** Closes the socket without a disconnect message, which a server that cannot be reached would not receive. */
function destroy(client: PostgresClient): void {
  const { connection } = client as { connection?: { stream?: { destroy?: () => void } } };
  connection?.stream?.destroy?.();
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}
