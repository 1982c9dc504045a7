import { retryable } from 'schmoozer';
import { scriptedLimiter } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { Admission } from '../../../src/actors/admission.js';
import type { ConnectLimiter, Permit, PermitOutcome } from '../../../src/core/limiter.js';

const request = { key: '', priority: 0, attempt: 0 };
const broken = new Error('broken');

/** One who asks, and all that it is told. */
function applicant() {
  const told: unknown[] = [];
  const admission = new Admission({
    admitted: (admitted) => void told.push(['admitted', admitted === admission]),
    queued: () => void told.push('queued'),
    refused: (error) => void told.push(['refused', error]),
    report: (error) => void told.push(['report', error]),
  });
  return { admission, told };
}

describe('an admission', () => {
  it('is there at once where the limiter has a permit', () => {
    const { limiter, permits, requests } = scriptedLimiter({ admits: true });
    const { admission, told } = applicant();
    admission.request(limiter, request);
    expect(told).toEqual([['admitted', true]]);
    expect(requests).toEqual([]);
    const permit = admission.open();
    admission.settle('ignored');
    expect(permits).toEqual([{ outcomes: ['opened'], unstables: 0 }]);
    permit?.unstable();
    expect(permits).toEqual([{ outcomes: ['opened'], unstables: 1 }]);
  });

  it('comes later where it has none', () => {
    const { limiter, permits, requests } = scriptedLimiter();
    const { admission, told } = applicant();
    admission.request(limiter, request);
    expect(told).toEqual(['queued']);
    requests[0]?.grant();
    expect(told).toEqual(['queued', ['admitted', true]]);
    admission.settle('failed');
    expect(requests[0]?.isCancelled).toBe(false);
    expect(permits[0]?.outcomes).toEqual(['failed']);
  });

  it('that is settled before its permit takes the request back, once, and gives each permit back', () => {
    const { limiter, permits, requests } = scriptedLimiter();
    let cancels = 0;
    const counting: ConnectLimiter = {
      ...limiter,
      enqueue(...args) {
        limiter.enqueue(...args);
        return () => void cancels++;
      },
    };
    const { admission, told } = applicant();
    admission.request(counting, request);
    admission.settle('ignored');
    admission.settle('failed');
    expect(cancels).toBe(1);
    requests[0]?.grant();
    requests[0]?.grant();
    expect(permits.map(({ outcomes }) => outcomes)).toEqual([['ignored'], ['ignored']]);
    expect(told).toEqual(['queued']);
  });

  it('that is settled while tryAcquire is asked does not queue', () => {
    const { limiter, requests } = scriptedLimiter();
    const { admission, told } = applicant();
    const tryAcquire = () => {
      admission.settle('ignored');
      return undefined;
    };
    admission.request({ ...limiter, tryAcquire }, request);
    expect(requests).toEqual([]);
    expect(told).toEqual([]);
  });

  it('that is settled while it queues is taken back; what is thrown then is reported', () => {
    const { admission, told } = applicant();
    admission.request(
      {
        tryAcquire: () => undefined,
        enqueue() {
          admission.settle('ignored');
          throw broken;
        },
      },
      request,
    );
    expect(told).toMatchObject([['report', { code: 'ERR_LIMITER', cause: broken }]]);
  });

  it('is refused by what is thrown, once, and as itself by retryable(e)', () => {
    for (const error of [broken, retryable(broken)]) {
      const { admission, told } = applicant();
      const enqueue = () => {
        throw error;
      };
      admission.request({ tryAcquire: () => undefined, enqueue }, request);
      const refusal = error === broken ? { code: 'ERR_LIMITER', cause: broken } : error;
      expect(told).toMatchObject([['refused', refusal]]);
      admission.settle('failed');
      expect(told).toHaveLength(1);
    }
  });

  it('reports what a permit that came too late throws', () => {
    const { admission, told } = applicant();
    let granted: (permit: Permit) => void = () => {};
    const enqueue: ConnectLimiter['enqueue'] = (_request, grant) => {
      granted = grant;
      return () => {};
    };
    admission.request({ tryAcquire: () => undefined, enqueue }, request);
    admission.settle('ignored');
    const outcomes: PermitOutcome[] = [];
    granted({
      settle(outcome) {
        outcomes.push(outcome);
        throw broken;
      },
      unstable() {},
    });
    expect(outcomes).toEqual(['ignored']);
    expect(told).toMatchObject(['queued', ['report', { code: 'ERR_LIMITER', cause: broken }]]);
  });
});
