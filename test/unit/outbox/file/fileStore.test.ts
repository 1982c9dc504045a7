import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidOptionError } from 'schmoozer';
import {
  fileStore,
  type FileStoreOptions,
  OutboxDamagedError,
  OutboxLockedError,
} from 'schmoozer/outbox-file';
import { outbox } from 'schmoozer/outbox';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MAGIC } from '../../../../src/outbox/file/log.js';
import { rejection } from '../../../support/loopback.js';
import { temporaryFolder } from '../../../support/temporaryFolder.js';

type Options = Partial<FileStoreOptions<unknown>>;

async function place() {
  const folder = await temporaryFolder();
  const path = join(folder, 'log');
  const storeOf = (options: Options = {}) => {
    const store = fileStore<unknown>({ path, ...options });
    onTestFinished(async () => void (await store.close()));
    return store;
  };
  const size = async () => (await stat(path)).size;
  return { folder, path, storeOf, size };
}

const item = (seq: number, message: unknown = `message ${seq}`) => ({
  seq,
  key: `key ${seq}`,
  message,
});

describe('a file', () => {
  it('has what was appended and not removed, of any kind, in order', async () => {
    const { storeOf } = await place();
    const first = storeOf();
    expect(await first.load()).toEqual([]);
    const bytes = new Uint8Array([0, 1, 255]);
    await first.append([item(1), item(2, { price: 1.5, ü: [null] })]);
    await first.append([item(3, bytes), item(4, 'gone')]);
    await first.remove([1, 4, 99]);
    await first.remove([99]);
    await first.close();
    const next = storeOf();
    const loaded = [...(await next.load())];
    expect(loaded).toEqual([item(2, { price: 1.5, ü: [null] }), item(3, bytes)]);
    expect(loaded[1]?.message?.constructor).toBe(Uint8Array);
  });

  it('may be written and read by functions of the user', async () => {
    const { storeOf } = await place();
    const codec = {
      encode: (message: unknown) => Buffer.from(String(message)),
      decode: (bytes: Uint8Array) => BigInt(Buffer.from(bytes).toString()),
    };
    const first = storeOf(codec);
    await first.load();
    await first.append([item(1, 7n)]);
    await first.close();
    expect(await storeOf(codec).load()).toEqual([item(1, 7n)]);
  });

  it('is for its owner alone', async () => {
    const { path, storeOf } = await place();
    await storeOf().load();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('cut off anywhere, as by kill -9, has what was whole, and goes on from there', async () => {
    const { path, storeOf, size } = await place();
    const first = storeOf();
    await first.load();
    await first.append([item(1)]);
    const whole = await size();
    await first.append([item(2)]);
    await first.close();
    const all = await readFile(path);
    for (const length of [whole, whole + 1, whole + 8, whole + 20, all.length - 1]) {
      await writeFile(path, all.subarray(0, length));
      const torn = storeOf();
      expect(await torn.load()).toEqual([item(1)]);
      expect(await size()).toBe(whole);
      await torn.append([item(3)]);
      await torn.close();
      const next = storeOf();
      expect(await next.load()).toEqual([item(1), item(3)]);
      await next.close();
    }
  });

  it('that was cut off while it was made is made again', async () => {
    for (const length of [0, 1, MAGIC.length - 1]) {
      const { path, storeOf } = await place();
      await writeFile(path, MAGIC.subarray(0, length));
      const store = storeOf();
      expect(await store.load()).toEqual([]);
      expect(await readFile(path)).toEqual(MAGIC);
    }
  });

  it.each([
    ['of another kind', 'a diary\n', 0],
    ['of another kind, longer', 'a diary\n'.repeat(100), 0],
  ])('%s is refused, and left as it is', async (_what, content, offset) => {
    const { path, storeOf } = await place();
    await writeFile(path, content);
    const error = await rejection(storeOf().load() as Promise<unknown>);
    expect(error).toBeInstanceOf(OutboxDamagedError);
    expect(error).toMatchObject({ path, offset, code: 'ERR_OUTBOX_DAMAGED' });
    expect(await readFile(path, 'utf8')).toBe(content);
  });

  it('damaged before its end is refused, and left as it is', async () => {
    const { folder, path, storeOf } = await place();
    const first = storeOf();
    await first.load();
    await first.append([item(1)]);
    await first.append([item(2)]);
    await first.close();
    const bytes = await readFile(path);
    bytes[MAGIC.length + 25] = 0xff;
    await writeFile(path, bytes);
    const error = await rejection(storeOf().load() as Promise<unknown>);
    expect(error).toMatchObject({ code: 'ERR_OUTBOX_DAMAGED', offset: MAGIC.length });
    expect(await readFile(path)).toEqual(bytes);
    expect(await readdir(folder)).toEqual(['log']);
  });

  it('has one store at a time', async () => {
    const { storeOf } = await place();
    const first = storeOf();
    await first.load();
    const second = storeOf();
    expect(await rejection(second.load() as Promise<unknown>)).toBeInstanceOf(OutboxLockedError);
    await first.close();
    expect(await second.load()).toEqual([]);
  });

  it('loads again after a call that the outbox no longer waited for', async () => {
    const { folder, storeOf } = await place();
    const store = storeOf();
    const late = store.load();
    expect(await store.load()).toEqual([]);
    await late;
    await store.append([item(1)]);
    await store.close();
    expect(await readdir(folder)).toEqual(['log']);
    expect(await storeOf().load()).toEqual([item(1)]);
  });

  it('cannot be loaded where there is no folder, or written before it is loaded', async () => {
    const { path, storeOf } = await place();
    const missing = storeOf({ path: join(path, 'missing') });
    expect(await rejection(missing.load() as Promise<unknown>)).toMatchObject({ code: 'ENOENT' });
    const early = storeOf();
    expect(await rejection(early.append([item(1)]) as Promise<unknown>)).toMatchObject({
      message: 'the log is not open',
    });
    await early.close();
  });
});

describe('compaction', () => {
  it('writes the log anew when more than half of it, and `compactBytes`, is gone', async () => {
    const { folder, storeOf, size } = await place();
    const store = storeOf({ compactBytes: 1000 });
    await store.load();
    const many = Array.from({ length: 40 }, (_, i) => item(i + 1));
    await store.append(many);
    const full = await size();
    await store.remove(many.slice(0, 15).map(({ seq }) => seq));
    expect(await size()).toBeGreaterThan(full);
    await store.remove(many.slice(15, 35).map(({ seq }) => seq));
    const small = await size();
    expect(small).toBeLessThan(full / 4);
    await store.append([item(41)]);
    await store.remove([40]);
    await store.close();
    expect(await readdir(folder)).toEqual(['log']);
    expect(await storeOf().load()).toEqual([...many.slice(35, 39), item(41)]);
  });

  it('keeps a log that never empties within bounds', async () => {
    const { storeOf, size } = await place();
    const store = storeOf({ compactBytes: 2000, fsync: false });
    await store.load();
    for (let seq = 1; seq <= 500; seq += 1) {
      await store.append([item(seq)]);
      if (seq > 3) await store.remove([seq - 3]);
    }
    expect(await size()).toBeLessThan(3000);
    await store.close();
    expect(await storeOf().load()).toEqual([498, 499, 500].map((seq) => item(seq)));
  });

  it('that fails leaves the old log, which goes on', async () => {
    const { folder, path, storeOf, size } = await place();
    const store = storeOf({ compactBytes: 0 });
    await store.load();
    await store.append([item(1), item(2)]);
    // A folder stands where the new log would be.
    await mkdir(`${path}.new`);
    const before = await size();
    await store.remove([1]);
    await store.append([item(3)]);
    await store.remove([2]);
    expect(await size()).toBeGreaterThan(before);
    await store.close();
    await rm(`${path}.new`, { recursive: true });
    expect(await storeOf().load()).toEqual([item(3)]);
    expect(await readdir(folder)).toEqual(['log', 'log.lock']);
  });
});

describe('a disk that fails', () => {
  /** The methods of every open file. */
  async function files() {
    const { path } = await place();
    const file = await open(path, 'w');
    const methods = Object.getPrototypeOf(file) as typeof file;
    await file.close();
    onTestFinished(() => void vi.restoreAllMocks());
    return methods;
  }
  const full = Object.assign(new Error('full'), { code: 'ENOSPC' });

  it('in the middle of a record loses none before it and none after it', async () => {
    const { storeOf } = await place();
    const store = storeOf();
    await store.load();
    await store.append([item(1)]);
    const methods = await files();
    const { write } = methods;
    let calls = 0;
    vi.spyOn(methods, 'write').mockImplementation(async function (
      this: typeof methods,
      ...args: unknown[]
    ) {
      if (++calls > 1) throw full;
      // Half of it is written, then the disk is full.
      return Reflect.apply(write, this, [args[0], args[1], 10, args[3]]);
    } as never);
    expect(await rejection(store.append([item(2)]) as Promise<unknown>)).toBe(full);
    vi.restoreAllMocks();
    await store.append([item(3)]);
    await store.close();
    expect(await storeOf().load()).toEqual([item(1), item(3)]);
  });

  it('and cannot even be cut back ends the writing until it is loaded again', async () => {
    const { storeOf } = await place();
    const store = storeOf();
    await store.load();
    await store.append([item(1)]);
    const methods = await files();
    vi.spyOn(methods, 'datasync').mockRejectedValue(full);
    vi.spyOn(methods, 'truncate').mockRejectedValue(full);
    expect(await rejection(store.append([item(2)]) as Promise<unknown>)).toBe(full);
    vi.restoreAllMocks();
    expect(await rejection(store.append([item(3)]) as Promise<unknown>)).toBe(full);
    await store.close();
    expect(await store.load()).toEqual([item(1), item(2)]);
    await store.append([item(4)]);
  });

  it('is asked to keep each message only with `fsync`', async () => {
    const methods = await files();
    const datasync = vi.spyOn(methods, 'datasync');
    for (const [fsync, expected] of [
      [true, 1],
      [false, 0],
    ] as const) {
      const { storeOf } = await place();
      const store = storeOf({ fsync });
      await store.load();
      datasync.mockClear();
      await store.append([item(1), item(2)]);
      await store.remove([1]);
      expect(datasync).toHaveBeenCalledTimes(expected);
    }
  });
});

describe('options', () => {
  it.each([
    {},
    { path: '' },
    { path: 7 },
    { path: 'a', fsync: 'always' },
    { path: 'a', encode: 1 },
    { path: 'a', decode: 1 },
    { path: 'a', encode: () => Buffer.of() },
    { path: 'a', decode: String },
    { path: 'a', compactBytes: -1 },
    { path: 'a', compactbytes: 1 },
  ])('%j are refused', (options) => {
    expect(() => fileStore(options as never)).toThrow(InvalidOptionError);
  });
});

describe('an outbox with a file', () => {
  it('sends what an earlier one had not delivered, by the same names', async () => {
    const { path } = await place();
    const boxOf = (heard: unknown[]) =>
      outbox({
        store: fileStore<string>({ path }),
        ack: 'each',
        send: (_: unknown, message: string, { key }) => void heard.push([message, key]),
      });
    const first = boxOf([]);
    const added = await Promise.all(['a', 'b', 'c'].map((message) => first.add(message)));
    first.ack(added[0]?.key as string);
    await first.close();
    const heard: unknown[] = [];
    const next = boxOf(heard);
    const stop = new AbortController();
    const delivered = next.deliver(null, stop);
    await next.add('d');
    expect(heard.slice(0, 2)).toEqual([
      ['b', added[1]?.key],
      ['c', added[2]?.key],
    ]);
    expect(heard.length).toBe(3);
    stop.abort();
    await delivered;
    await next.close();
  });
});
