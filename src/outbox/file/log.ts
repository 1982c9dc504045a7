import { crc32 } from './crc32.js';

// The log: MAGIC, then records. A record is the length of its body, the checksum of its body (4 bytes each, little
// endian), and the body: a kind, then
// - ADD: seq (6 bytes), length of the key (4 bytes), key in UTF-8, message
// - REMOVE: any number of seqs (6 bytes each)

export const MAGIC = Buffer.from('schmoozer outbox 1\n');

const HEAD = 8;
const SEQ = 6;
const ADD = 1;
const REMOVE = 2;

/** Minimum size of an ADD body, up to its key. */
const ADD_HEAD = 1 + SEQ + 4;

/** A message in the log, with its position. */
export interface LoggedMessage {
  readonly seq: number;
  readonly key: string;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

export interface Log {
  /** The messages that were added and not removed. */
  readonly messages: Map<number, LoggedMessage>;
  /** The end of the complete records. */
  readonly end: number;
  /** True if a complete record follows an incomplete one: then the log is damaged, and not only cut off at its end. */
  readonly isDamaged: boolean;
}

export function addRecord(seq: number, key: string, message: Uint8Array): Buffer {
  const name = Buffer.from(key);
  const head = Buffer.alloc(ADD_HEAD);
  head[0] = ADD;
  head.writeUIntLE(seq, 1, SEQ);
  head.writeUInt32LE(name.length, 1 + SEQ);
  return record([head, name, message]);
}

export function removeRecord(seqs: readonly number[]): Buffer {
  const body = Buffer.alloc(1 + SEQ * seqs.length);
  body[0] = REMOVE;
  for (const [i, seq] of seqs.entries()) body.writeUIntLE(seq, 1 + SEQ * i, SEQ);
  return record([body]);
}

function record(parts: readonly Uint8Array[]): Buffer {
  const whole = Buffer.concat([Buffer.alloc(HEAD), ...parts]);
  const body = whole.subarray(HEAD);
  whole.writeUInt32LE(body.length, 0);
  whole.writeUInt32LE(crc32(body), 4);
  return whole;
}

/** Reads the records after MAGIC. */
export function readLog(bytes: Buffer): Log {
  const messages = new Map<number, LoggedMessage>();
  let start = MAGIC.length;
  for (let body = bodyAt(bytes, start); body !== undefined; body = bodyAt(bytes, start)) {
    const end = start + HEAD + body.length;
    if (body[0] === ADD) {
      const seq = body.readUIntLE(1, SEQ);
      const keyEnd = ADD_HEAD + body.readUInt32LE(1 + SEQ);
      const key = body.toString('utf8', ADD_HEAD, keyEnd);
      messages.set(seq, { seq, key, bytes: body.subarray(keyEnd), start, end });
    } else {
      for (let at = 1; at < body.length; at += SEQ) messages.delete(body.readUIntLE(at, SEQ));
    }
    start = end;
  }
  return { messages, end: start, isDamaged: hasRecordAfter(bytes, start) };
}

/** The body of a complete record; undefined if there is none. */
function bodyAt(bytes: Buffer, start: number): Buffer | undefined {
  if (start + HEAD >= bytes.length) return undefined;
  const end = start + HEAD + bytes.readUInt32LE(start);
  const body = bytes.subarray(start + HEAD, end);
  if (end > bytes.length || (body[0] !== ADD && body[0] !== REMOVE)) return undefined;
  return crc32(body) === bytes.readUInt32LE(start + 4) ? body : undefined;
}

function hasRecordAfter(bytes: Buffer, start: number): boolean {
  for (let at = start + 1; at + HEAD < bytes.length; at += 1) {
    if (bodyAt(bytes, at) !== undefined) return true;
  }
  return false;
}
