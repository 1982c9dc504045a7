import { expect, it } from 'vitest';
import { LineQueue } from '../src/lineQueue.js';
import { LineSender } from '../src/lineSender.js';
import { Silence } from '../src/silence.js';
import type { Wire } from '../src/wire.js';

it('sends nothing after a hello that did not go out, and leaves the lines to the next session', async () => {
  const failure = new Error('broken');
  const wire: Wire = {
    incoming: (async function* none() {})(),
    batchBytes: 0,
    send: () => Promise.reject(failure),
    end: () => expect.fail('no end is said of a broken connection'),
  };
  const queue = new LineQueue({ lines: 10, bytes: 100, overflow: 'wait' });
  await queue.push(Buffer.from('line\n'));
  queue.close();
  const sender = new LineSender(wire, queue, new Silence(0));
  await sender.run([Buffer.from('hello\n')]);
  expect(sender.failure).toEqual({ error: failure });
  expect([queue.unsent, queue.cut, queue.sent]).toEqual([1, 0, 0]);
});
