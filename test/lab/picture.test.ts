import { expect, it } from 'vitest';
import { chart } from '../../scripts/statechart/chart.js';
import { topOf } from '../../scripts/statechart/overview.js';
import { statePaths } from '../../src/machine/vocabulary.js';
import { layouts, tops } from '../../lab/page/chartPicture.js';
import { riverOrder } from '../../lab/page/colours.js';
import { spanOf, ticksOf } from '../../lab/page/timeAxis.js';
import { numberText } from '../../lab/page/plot.js';

it.each(Object.entries(layouts))(
  'the %s picture of the chart has its states, and an arrow for each way between two of them',
  (_, { boxes, arrows }) => {
    const { root, edges } = chart;
    const names = root.children.map(({ name }) => name);
    expect(Object.keys(boxes).toSorted()).toEqual(names.toSorted());
    const ways = edges
      .flatMap(({ source, targets }) =>
        targets.map((target) => [topOf(source), topOf(target)] as const),
      )
      .filter(([from, to]) => from !== to && from !== root && to !== root)
      .map(([from, to]) => `${from.name} ${to.name}`);
    expect(Object.keys(arrows).toSorted()).toEqual([...new Set(ways)].toSorted());
  },
);

it('each state has its row, and its band in the river', () => {
  const all = statePaths.map((_, state) => state);
  expect([...tops.values()].flat().toSorted((a, b) => a - b)).toEqual(all);
  expect(riverOrder.toSorted((a, b) => a - b)).toEqual(all);
  expect(statePaths[riverOrder[0] as number]).toBe('running.stable');
});

it('the axis of time has room for what was seen, and numbers that do not touch', () => {
  expect([0, 30, 30.1, 2400].map(spanOf)).toEqual([10, 30, 45, 2400]);
  expect(ticksOf(45, 700)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45]);
  expect(ticksOf(2400, 200)).toHaveLength(3);
});

it('numbers have thin spaces from five digits on', () => {
  expect([9999, 10_000, 1_234_567, 2.5].map(numberText)).toEqual([
    '9999',
    '10\u202f000',
    '1\u202f234\u202f567',
    '2.5',
  ]);
});
