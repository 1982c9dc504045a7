import { scriptedLimiter } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';

const request = { key: 'feed', priority: 1, attempt: 2 };

describe('scriptedLimiter', () => {
  it('lets every request wait until the test grants a permit', () => {
    const { limiter, requests, permits } = scriptedLimiter();
    expect(limiter.tryAcquire(request)).toBeUndefined();
    const granted: unknown[] = [];
    limiter.enqueue(request, (permit) => granted.push(permit));
    expect(requests).toMatchObject([{ request, isCancelled: false }]);
    expect(permits).toEqual([]);
    const permit = requests[0]?.grant();
    expect(granted).toHaveLength(1);
    expect(permits).toEqual([permit]);
    expect(permit).toEqual({ outcomes: [], unstables: 0 });
  });

  it('knows what became of a permit', () => {
    const { limiter, permits } = scriptedLimiter({ admits: true });
    const permit = limiter.tryAcquire(request);
    permit?.settle('opened');
    permit?.unstable();
    expect(permits).toEqual([{ outcomes: ['opened'], unstables: 1 }]);
  });

  it('grants as often as it is told, after it was taken back too', () => {
    const { limiter, requests, permits } = scriptedLimiter();
    let count = 0;
    const cancel = limiter.enqueue(request, () => void count++);
    cancel();
    expect(requests[0]?.isCancelled).toBe(true);
    requests[0]?.grant();
    requests[0]?.grant();
    expect(count).toBe(2);
    expect(permits).toHaveLength(2);
  });

  it('answers with the permit of this grant, whatever was granted meanwhile', () => {
    const { limiter, requests, permits } = scriptedLimiter();
    let isFirst = true;
    limiter.enqueue(request, () => {
      if (isFirst) {
        isFirst = false;
        requests[0]?.grant();
      }
    });
    expect(requests[0]?.grant()).toBe(permits[0]);
  });

  it.each([
    [{ admits: 1 }, '`admits` must be true or false; received 1'],
    [{ admit: true }, '`admit` must be left out: no such option, the nearest is `admits`'],
  ])('refuses %j', (options, message) => {
    expect(() => scriptedLimiter(options as never)).toThrow(message);
  });
});
