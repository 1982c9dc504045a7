import { expect, it } from 'vitest';
import { withShortest } from '../../../src/testing/shortest.js';
import { type ModelTestEvent, userModel } from '../../../src/testing/userModel.js';

it('gives up after `maxReplays`: each of them may take real time', async () => {
  const model = userModel({
    canHappen: (event) => event !== 'limiter.grants',
    isStableAtOnce: false,
    hasLimiter: false,
  });
  const path: ModelTestEvent[] = [
    ...(['connect.ok', 'run.throws', 'after retryDelay', 'connect.retryable'] as const),
    ...(['after retryDelay', 'connect.ok', 'reconnect', 'connect.ok', 'run.continue'] as const),
    ...(['reconnect', 'connect.ok', 'after stableAfter', 'run.throws', 'reconnect'] as const),
    ...(['connect.ok', 'run.break'] as const),
  ];
  let replays = 0;
  const failed = {
    field: 'machine',
    path,
    applied: path.length,
    isHeld: false,
    expected: 'this',
    seen: 'that',
  };
  const error = await withShortest(failed, model, 32, () => {
    replays += 1;
    return Promise.resolve(undefined);
  });
  expect(replays).toBe(32);
  expect(error.shortest).toEqual(path);
});
