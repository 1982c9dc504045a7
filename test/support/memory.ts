import { onTestFinished, vi } from 'vitest';
import { collectGarbage } from './collectGarbage.js';

/** What this process holds, in bytes, after all that nobody holds is gone. */
export function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Bytes of buffers that are copied, or that room is made for, from now on until the test is over. */
export function countCopies(): () => number {
  let bytes = 0;
  const { copy } = Buffer.prototype;
  const { allocUnsafe, concat } = Buffer;
  vi.spyOn(Buffer.prototype, 'copy').mockImplementation(function (this: Buffer, ...args) {
    const copied = copy.apply(this, args);
    bytes += copied;
    return copied;
  });
  vi.spyOn(Buffer, 'allocUnsafe').mockImplementation((size) => {
    bytes += size;
    return allocUnsafe(size);
  });
  vi.spyOn(Buffer, 'concat').mockImplementation((list, ...more) => {
    for (const { length } of list) bytes += length;
    return concat(list, ...more);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  return () => bytes;
}
