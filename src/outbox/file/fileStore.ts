// Why: docs/decisions/0083-messages-in-a-file.md
import { type FileHandle, open, readFile, rename, unlink } from 'node:fs/promises';
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkString,
  resolveOptions,
} from '../../core/check.js';
import { InvalidOptionError } from '../../core/errors.js';
import type { OutboxItem, OutboxStore } from '../store.js';
import { OutboxDamagedError } from './errors.js';
import { openOrMake, syncFolderOf, writeAt } from './files.js';
import { lockFile } from './lockFile.js';
import { addRecord, type Log, type LoggedMessage, MAGIC, readLog, removeRecord } from './log.js';
import { decodeMessage, encodeMessage } from './messageCodec.js';

/** Where the log is, and how messages are written to it. */
export interface FileStoreOptions<TMessage> {
  /** Path of the log. Its folder must exist; files ending in `.lock` and `.new` are created beside it. */
  readonly path: string;
  /**
   * True if `add` waits until the message is on the disk, so that it survives a power failure; with false it survives
   * only the end of the process, including kill -9. Default: true.
   */
  readonly fsync?: boolean;
  /** Converts a message to bytes; requires `decode`. Default: a Uint8Array unchanged, everything else as JSON. */
  readonly encode?: (message: TMessage) => Uint8Array;
  /** Converts the bytes of `encode` to a message; requires `encode`. Default: reverses the default of `encode`. */
  readonly decode?: (bytes: Uint8Array) => TMessage;
  /**
   * The log is rewritten when this many of its bytes, and more than half of it, belong to removed messages. Default:
   * 1 048 576. Bounds: an integer >= 0.
   */
  readonly compactBytes?: number;
}

/**
 * Stores the messages of an outbox in a file, for one process at a time.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function fileStore<TMessage>(options: FileStoreOptions<TMessage>): OutboxStore<TMessage> {
  const settings = resolveOptions(
    options,
    {
      fsync: true,
      encode: encodeMessage,
      decode: decodeMessage as (bytes: Uint8Array) => TMessage,
      compactBytes: 2 ** 20,
    },
    ['path'],
  );
  if (checkString('path', settings.path) === '') {
    throw new InvalidOptionError('path', 'the name of a file', '');
  }
  checkBoolean('fsync', settings.fsync);
  checkFunction('encode', settings.encode);
  checkFunction('decode', settings.decode);
  // The next process could not read what this one has stored.
  if (!options.encode !== !options.decode) {
    const [missing, given] = options.encode ? ['decode', 'encode'] : ['encode', 'decode'];
    throw new InvalidOptionError(missing, `set, because \`${given}\` is`, undefined);
  }
  checkInteger('compactBytes', settings.compactBytes, 0);
  return new FileStore(settings);
}

/** The position of a message's record in the log. */
type Place = Pick<LoggedMessage, 'start' | 'end'>;

class FileStore<TMessage> implements OutboxStore<TMessage> {
  readonly #settings: Required<FileStoreOptions<TMessage>>;
  /** Runs one call at a time, even after the outbox has stopped waiting for one. */
  #turn: Promise<unknown> = Promise.resolve();
  #file: FileHandle | undefined;
  #unlock: () => Promise<void> = async () => {};
  /** The positions of the stored messages, in order. */
  #places = new Map<number, Place>();
  /** The size of all `#places` in bytes. */
  #kept = 0;
  /** The position of the next record. */
  #end = 0;
  /** The error after which the end of the log is unknown. */
  #broken: { readonly error: unknown } | undefined;
  #compactAt: number;

  constructor(settings: Required<FileStoreOptions<TMessage>>) {
    this.#settings = settings;
    this.#compactAt = settings.compactBytes;
  }

  load(): Promise<OutboxItem<TMessage>[]> {
    return this.#inTurn(async () => {
      const { path, decode } = this.#settings;
      // An earlier call may have succeeded after the outbox had stopped waiting for it.
      await this.#release();
      const unlock = await lockFile(path);
      let file: FileHandle | undefined;
      try {
        file = await openOrMake(path);
        const { messages, end } = await this.#read(file);
        const items = Array.from(messages.values(), ({ seq, key, bytes }) => ({
          seq,
          key,
          message: decode(bytes),
        }));
        // Removes the rest of a call that was cut off.
        await file.truncate(end);
        this.#unlock = unlock;
        this.#keep(file, messages, end);
        return items;
      } catch (error) {
        await file?.close();
        await unlock();
        throw error;
      }
    });
  }

  append(items: readonly OutboxItem<TMessage>[]): Promise<void> {
    return this.#inTurn(async () => {
      const { encode, fsync } = this.#settings;
      const records = items.map(({ seq, key, message }) => addRecord(seq, key, encode(message)));
      let start = await this.#write(Buffer.concat(records), fsync);
      for (const [i, { length }] of records.entries()) {
        const end = start + length;
        this.#places.set((items[i] as OutboxItem<TMessage>).seq, { start, end });
        this.#kept += length;
        start = end;
      }
    });
  }

  remove(seqs: readonly number[]): Promise<void> {
    return this.#inTurn(async () => {
      const known = seqs.filter((seq) => this.#places.has(seq));
      if (known.length === 0) return;
      // If this is lost in a power failure, messages are sent once more.
      await this.#write(removeRecord(known), false);
      for (const seq of known) {
        const { start, end } = this.#places.get(seq) as Place;
        this.#places.delete(seq);
        this.#kept -= end - start;
      }
      const gone = this.#end - MAGIC.length - this.#kept;
      if (gone >= this.#compactAt && gone > this.#kept) await this.#compact(gone);
    });
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#release());
  }

  async #release(): Promise<void> {
    const [file, unlock] = [this.#file, this.#unlock];
    [this.#file, this.#unlock] = [undefined, async () => {}];
    try {
      await file?.close();
    } finally {
      await unlock();
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #read(file: FileHandle): Promise<Log> {
    const { path } = this.#settings;
    let bytes = await readFile(path);
    if (bytes.length < MAGIC.length && MAGIC.subarray(0, bytes.length).equals(bytes)) {
      await writeAt(file, MAGIC, 0);
      await file.datasync();
      await syncFolderOf(path);
      bytes = MAGIC;
    }
    if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new OutboxDamagedError(path, 0);
    const log = readLog(bytes);
    if (log.isDamaged) throw new OutboxDamagedError(path, log.end);
    return log;
  }

  #keep(file: FileHandle, places: ReadonlyMap<number, Place>, end: number): void {
    this.#file = file;
    this.#places = new Map();
    this.#kept = 0;
    for (const [seq, place] of places) {
      this.#places.set(seq, { start: place.start, end: place.end });
      this.#kept += place.end - place.start;
    }
    this.#end = end;
    this.#broken = undefined;
  }

  /** Writes at the end, all or nothing, and returns the position. */
  async #write(bytes: Buffer, fsync: boolean): Promise<number> {
    if (this.#broken) throw this.#broken.error;
    if (this.#file === undefined) throw new Error('the log is not open');
    const start = this.#end;
    try {
      await writeAt(this.#file, bytes, start);
      if (fsync) await this.#file.datasync();
    } catch (error) {
      // A record after half a record would be lost.
      await this.#file.truncate(start).catch(() => (this.#broken = { error }));
      throw error;
    }
    this.#end = start + bytes.length;
    return start;
  }

  /** Writes a new log with the stored messages, and replaces the old one. */
  async #compact(gone: number): Promise<void> {
    const { path, compactBytes } = this.#settings;
    const old = this.#file as FileHandle;
    const fresh = `${path}.new`;
    let file: FileHandle | undefined;
    try {
      const bytes = await readFile(path);
      const records = Array.from(this.#places.values(), ({ start, end }) =>
        bytes.subarray(start, end),
      );
      const log = Buffer.concat([MAGIC, ...records]);
      file = await open(fresh, 'w+', 0o600);
      await writeAt(file, log, 0);
      await file.datasync();
      await rename(fresh, path);
      this.#keep(file, readLog(log).messages, log.length);
      this.#compactAt = compactBytes;
    } catch {
      // The old log is still valid; a full disk is not tried again at each message.
      this.#compactAt = gone * 2;
      await file?.close();
      await unlink(fresh).catch(() => {});
      return;
    }
    await syncFolderOf(path);
    await old.close();
  }
}
