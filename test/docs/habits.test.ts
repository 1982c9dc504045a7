import { describe, expect, it } from 'vitest';
import { areas } from '../../scripts/habits.js';
import {
  commentsOf,
  findHabit,
  type Habit,
  habits,
  messagesOf,
  proseOf,
} from '../../scripts/habits/habits.js';

const names = Object.keys(habits) as Habit[];

/** How many places of each habit an area may have; lower a number when you have made it smaller. */
const allowed: Record<'docs' | 'decisions' | 'comments' | 'messages', Record<Habit, number>> = {
  docs: {
    'tell for report': 0,
    'of ours': 5,
    'try for attempt': 1,
    'nobody as a subject': 1,
    anew: 0,
    idioms: 0,
    'hear for listen': 0,
    'sentence without its head first': 8,
  },
  decisions: {
    'tell for report': 0,
    'of ours': 0,
    'try for attempt': 0,
    'nobody as a subject': 0,
    anew: 0,
    idioms: 0,
    'hear for listen': 0,
    'sentence without its head first': 0,
  },
  comments: {
    'tell for report': 0,
    'of ours': 4,
    'try for attempt': 0,
    'nobody as a subject': 1,
    anew: 0,
    idioms: 6,
    'hear for listen': 0,
    'sentence without its head first': 5,
  },
  messages: {
    'tell for report': 0,
    'of ours': 0,
    'try for attempt': 2,
    'nobody as a subject': 0,
    anew: 0,
    idioms: 0,
    'hear for listen': 0,
    'sentence without its head first': 0,
  },
};

describe('plain English', () => {
  for (const [area, limits] of Object.entries(allowed) as [
    keyof typeof allowed,
    Record<Habit, number>,
  ][]) {
    it.each(names)(`${area} do not fall back into: %s`, (habit) => {
      const places = [...areas[area]].flatMap(([path, prose]) =>
        findHabit(prose, habit).map((place) => `${path}: ${place}`),
      );
      expect(places.length, places.join('\n')).toBeLessThanOrEqual(limits[habit]);
    });
  }
});

describe('what is counted', () => {
  it.each([
    ['tell for report', 'An event tells the listener.'],
    ['of ours', 'A machine of your own.'],
    ['try for attempt', 'The next try.'],
    ['nobody as a subject', 'It waits until somebody calls.'],
    ['anew', 'It starts anew.'],
    ['idioms', 'The loop goes on.'],
    ['idioms', 'When the time is over, it ends.'],
    ['hear for listen', 'All listeners hear of it.'],
    ['sentence without its head first', 'It fails. What it throws is lost.'],
  ] as const)('%s: “%s”', (habit, text) => {
    expect(findHabit(text, habit)).toHaveLength(1);
    for (const other of names.filter((name) => name !== habit))
      expect(findHabit(text, other)).toEqual([]);
  });

  it('leaves out code, headings, comments of HTML and questions', () => {
    const page = [
      '## What it tells',
      '```ts',
      "tell('anew');",
      '```',
      '<!-- told -->',
      'See `tell`. What is it?',
    ].join('\n');
    expect(names.flatMap((habit) => findHabit(proseOf(page), habit))).toEqual([]);
  });

  it('reads comments and messages of a source apart', () => {
    const source = [
      '/**',
      ' * Tells the time.',
      ' */',
      "const told = 'nobody is here'; // anew",
      "const short = 'tell';",
    ].join('\n');
    expect(commentsOf(source)).toBe('Tells the time.\n\nanew');
    expect(messagesOf(source)).toBe('nobody is here');
  });
});
