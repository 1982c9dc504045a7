import { describe, expect, it } from 'vitest';
import { eventsOf, initialModelState, nextModelState } from '../../../src/testing/model.js';

describe('the model', () => {
  it('stays where it is on an event that cannot happen there', () => {
    expect(nextModelState(initialModelState, 'run.break')).toBe(initialModelState);
  });

  it('ends nowhere else than in stopped', () => {
    const stopped = nextModelState(initialModelState, 'connect.fatal');
    expect(stopped).toMatchObject({ place: 'stopped', status: 'failed' });
    expect(eventsOf(stopped)).toEqual([]);
  });
});
