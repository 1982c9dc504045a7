import { InvalidOptionError } from 'schmoozer/compiled';
import { Inbox, type Settlement } from 'schmoozer/messages';
import type { FeedSettings, PostgresFeedSession } from './options.js';
import type { PostgresSession } from './postgresSession.js';
import type { Progress } from './progress.js';

/** Delay after a notification or a row, in milliseconds: another row may exist that `read` does not show yet. */
const FIRST_POLL_MS = 20;

/** Reads the rows of one session, and delivers them. */
export class FeedSession<TRow, TCursor> {
  readonly inbox: Inbox<TRow, PostgresFeedSession<TCursor>>;
  readonly #settings: FeedSettings<TRow, TCursor>;
  readonly #progress: Progress<TCursor>;
  #session!: PostgresSession;
  #cursor: TCursor | undefined;
  #isOver = false;
  #isWoken = false;
  /** Number of rows that were delivered and are not settled. */
  #open = 0;
  #whenFree = () => {};
  #whenWoken = () => {};
  readonly #whenOver = new Set<() => void>();
  #saving: Promise<void> | undefined;

  constructor(settings: FeedSettings<TRow, TCursor>, progress: Progress<TCursor>) {
    this.#settings = settings;
    this.#progress = progress;
    this.inbox = new Inbox<TRow, PostgresFeedSession<TCursor>>(settings);
  }

  /** The cursor of the last row that was read, or of the beginning. */
  get cursor(): TCursor | undefined {
    return this.#cursor;
  }

  /** Finds the position to begin; first saves a cursor that the last session could not save. */
  async begin(session: PostgresSession): Promise<void> {
    this.#session = session;
    this.#progress.begin();
    if (this.#progress.isUnsaved) await this.#saveAll();
    const { load, queryTimeoutMs } = this.#settings;
    this.#cursor = await session.within(queryTimeoutMs, (client) =>
      load(client, this.#progress.last),
    );
  }

  /** A notification has arrived: reads soon. */
  wake(): void {
    this.#isWoken = true;
    this.#whenWoken();
  }

  /** Stops reading. */
  end(): void {
    this.#isOver = true;
    this.#whenFree();
    for (const callback of this.#whenOver) callback();
  }

  /** Reads until the end; never rejects: an error ends the session. */
  async follow(): Promise<void> {
    try {
      await this.#follow();
    } catch (error) {
      // The loss is already reported, together with its cause.
      if (!this.#session.isLost) this.inbox.fail(error);
    }
  }

  async #follow(): Promise<void> {
    const { pollMs } = this.#settings;
    let waitMs = FIRST_POLL_MS;
    while (!this.#isOver) {
      this.#isWoken = false;
      const hasRows = await this.#readOn();
      await this.inbox.drained();
      if (hasRows || this.#isWoken) {
        waitMs = FIRST_POLL_MS;
        continue;
      }
      await this.#waitForMore(pollMs === Infinity ? Infinity : Math.min(waitMs, pollMs));
      waitMs = this.#isWoken ? FIRST_POLL_MS : waitMs * 2;
    }
  }

  /** Reads the next rows; returns whether there were any. */
  async #readOn(): Promise<boolean> {
    const { read, cursorOf, queryTimeoutMs } = this.#settings;
    const rows = await this.#session.within(queryTimeoutMs, (client) => read(client, this.#cursor));
    if (!Array.isArray(rows)) {
      throw new InvalidOptionError('read', 'a function that returns an array of rows', rows);
    }
    for (const row of rows as readonly TRow[]) {
      const cursor = cursorOf(row);
      if (Object.is(cursor, this.#cursor)) {
        const expected =
          'a function that returns rows after the cursor, each with a different cursor';
        throw new InvalidOptionError('read', expected, cursor, 'a row with the same cursor');
      }
      if (!(await this.#hasRoom()) || !this.#handOut(row, cursor)) return false;
      this.#cursor = cursor;
    }
    return rows.length > 0;
  }

  /** Waits until another row may be handled, so that a repeated row comes before the next. */
  async #hasRoom(): Promise<boolean> {
    while (!this.#isOver && this.#open >= this.#settings.maxInFlight) {
      await new Promise<void>((resolve) => (this.#whenFree = resolve));
    }
    return !this.#isOver;
  }

  #handOut(row: TRow, cursor: TCursor): boolean {
    const progress = this.#progress;
    const handled = progress.add(cursor);
    this.#open += 1;
    const close = () => {
      this.#open -= 1;
      this.#whenFree();
    };
    const passed = () => {
      progress.forgetFailures(cursor);
      close();
      return handled() ? this.#save() : undefined;
    };
    const settlement: Settlement = {
      done: passed,
      deadLettered: passed,
      returned: close,
      failed: async () => {
        const failures = progress.countFailure(cursor);
        await this.#sleep(this.#settings.redeliveryDelayMs);
        // If the session ends, this row is the first of the next session.
        this.inbox.take(row, settlement, failures);
      },
    };
    return this.inbox.take(row, settlement, progress.failuresOf(cursor));
  }

  async #save(): Promise<void> {
    if (!this.#settings.save) return;
    this.#progress.isUnsaved = true;
    this.#saving ??= this.#saveAll().finally(() => (this.#saving = undefined));
    await this.#saving;
  }

  async #saveAll(): Promise<void> {
    const { save, queryTimeoutMs } = this.#settings;
    const progress = this.#progress;
    while (progress.isUnsaved && !this.#session.isLost) {
      const cursor = progress.last as TCursor;
      progress.isUnsaved = false;
      try {
        await this.#session.within(queryTimeoutMs, (client) => save?.(client, cursor));
      } catch (error) {
        progress.isUnsaved = true;
        // The next session saves it first.
        if (!this.#session.isLost) throw error;
      }
    }
  }

  async #waitForMore(ms: number): Promise<void> {
    if (this.#isWoken) return;
    await this.#sleep(ms, (wake) => (this.#whenWoken = wake));
  }

  /** Waits until the time has elapsed, or the session has ended. */
  async #sleep(ms: number, wakeBy: (wake: () => void) => void = () => {}): Promise<void> {
    const { clock } = this.#settings;
    if (this.#isOver) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clock.clearTimeout(timer);
        this.#whenOver.delete(wake);
        resolve();
      };
      const timer = ms === Infinity ? undefined : clock.setTimeout(wake, ms);
      this.#whenOver.add(wake);
      wakeBy(wake);
    });
  }
}
