import { describe, expect, it } from 'vitest';
import { Position } from '../src/jetstream/position.js';

describe('Position', () => {
  it('is unknown until a consumer was made, and then where that one begins', () => {
    const position = new Position();
    expect(position.next).toBeUndefined();
    position.begin(4);
    expect(position.next).toBe(5);
  });

  it('stays at the first message that is not done', () => {
    const position = new Position();
    position.begin(0);
    for (const sequence of [2, 5, 9]) expect(position.take(sequence)).toBe(true);
    expect(position.next).toBe(2);
    position.done(5);
    expect(position.next).toBe(2);
    position.done(2);
    expect(position.next).toBe(9);
    position.done(9);
    expect(position.next).toBe(10);
  });

  it('does not take again what was done beyond it', () => {
    const position = new Position();
    position.begin(0);
    for (const sequence of [1, 2, 3]) position.take(sequence);
    position.done(2);
    position.begin(0);
    expect([1, 2, 3].map((sequence) => position.take(sequence))).toEqual([true, false, true]);
    position.done(1);
    position.done(3);
    expect(position.next).toBe(4);
  });

  it('forgets all of another stream', () => {
    const position = new Position();
    position.begin(0);
    for (const sequence of [1, 2]) position.take(sequence);
    position.done(2);
    position.forget();
    expect(position.next).toBeUndefined();
    position.begin(0);
    expect([1, 2].map((sequence) => position.take(sequence))).toEqual([true, true]);
  });
});
