import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addRecord, MAGIC, readLog, removeRecord } from '../../../../src/outbox/file/log.js';

const message = Buffer.from('a message');
const records = [
  addRecord(1, 'one', message),
  addRecord(2, 'zwei ü', Buffer.alloc(0)),
  removeRecord([1]),
  addRecord(2 ** 40, '', message),
];
const log = Buffer.concat([MAGIC, ...records]);
/** Where each record ends. */
const ends = records.map((_, i) => Buffer.concat([MAGIC, ...records.slice(0, i + 1)]).length);

const seqsOf = (bytes: Buffer) => [...readLog(bytes).messages.keys()];

describe('the log', () => {
  it('reads what was written and not removed', () => {
    const { messages, end, isDamaged } = readLog(log);
    expect([end, isDamaged]).toEqual([log.length, false]);
    expect([...messages.values()]).toEqual([
      { seq: 2, key: 'zwei ü', bytes: Buffer.alloc(0), start: ends[0], end: ends[1] },
      { seq: 2 ** 40, key: '', bytes: message, start: ends[2], end: ends[3] },
    ]);
  });

  it('cut off anywhere is what was whole', () => {
    for (let length = MAGIC.length; length <= log.length; length += 1) {
      const { end, isDamaged } = readLog(log.subarray(0, length));
      expect(isDamaged).toBe(false);
      expect(end).toBe(ends.findLast((each) => each <= length) ?? MAGIC.length);
    }
    expect(seqsOf(log.subarray(0, ends[1]))).toEqual([1, 2]);
  });

  it('with a tail of nonsense or zeros ends before it', () => {
    for (const tail of [Buffer.alloc(100), Buffer.alloc(100, 0xff), Buffer.from('x'.repeat(100))]) {
      const { end, isDamaged } = readLog(Buffer.concat([log, tail]));
      expect([end, isDamaged]).toEqual([log.length, false]);
    }
  });

  it('with any byte before its last record changed is damaged, and nothing behind that is lost', () => {
    const last = ends[2] as number;
    const places = fc.integer({ min: MAGIC.length, max: last - 1 });
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(log);
        bytes[at] = (bytes[at] as number) ^ change;
        const { end, isDamaged } = readLog(bytes);
        expect(isDamaged).toBe(true);
        expect(end).toBeLessThanOrEqual(at);
      }),
    );
  });
});
