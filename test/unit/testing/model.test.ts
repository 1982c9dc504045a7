import { describe, expect, it } from 'vitest';
import {
  eventsOf,
  initialModelState,
  type ModelSetup,
  nextModelState,
} from '../../../src/testing/model.js';

const setup: ModelSetup = {
  hasLimiter: false,
  releasesLater: false,
  isStableAtOnce: false,
  failFast: 'startup',
};

describe('the model', () => {
  const start = initialModelState(setup);

  it('stays where it is on an event that cannot happen there', () => {
    expect(nextModelState(start, 'run.break', setup)).toBe(start);
  });

  it('ends nowhere else than in stopped', () => {
    const stopped = nextModelState(start, 'connect.fatal', setup);
    expect(stopped).toMatchObject({ place: 'stopped', status: 'failed' });
    expect(eventsOf(stopped)).toEqual([]);
  });
});
