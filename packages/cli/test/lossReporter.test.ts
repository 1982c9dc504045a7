import { expect, it } from 'vitest';
import { LineQueue } from '../src/lineQueue.js';
import { lossReporter } from '../src/lossReporter.js';
import type { CommandEvent } from '../src/report.js';

it('tells each lost line once: those dropped, and those cut off on their way', async () => {
  const queue = new LineQueue({ lines: 1, bytes: 100, overflow: 'drop-newest' });
  const told: CommandEvent[] = [];
  const tellLosses = lossReporter(queue, (event) => told.push(event));
  const lost = () => {
    tellLosses();
    return told.splice(0);
  };
  expect(lost()).toEqual([]);
  for (const line of ['a\n', 'b\n', 'c\n']) await queue.push(Buffer.from(line));
  expect(lost()).toEqual([{ event: 'lost', lines: 2, why: 'overflow' }]);
  expect(lost()).toEqual([]);
  queue.take(100);
  queue.cutOff(1);
  await queue.push(Buffer.from('d\n'));
  await queue.push(Buffer.from('e\n'));
  expect(lost()).toEqual([
    { event: 'lost', lines: 1, why: 'overflow' },
    { event: 'lost', lines: 1, why: 'cut' },
  ]);
});
