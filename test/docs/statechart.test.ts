import { describe, expect, it } from 'vitest';
import { files } from '../../scripts/statechart.js';
import { chart as source } from '../../src/machine/chart.js';
import { read, rowsOf } from '../support/documents.js';

type Branches = unknown;
interface StateConfig {
  readonly states?: Record<string, StateConfig>;
  readonly on?: Record<string, Branches>;
  readonly after?: Record<string, Branches>;
  readonly always?: Branches;
  readonly invoke?: { readonly onDone?: Branches; readonly onError?: Branches };
}

// Counted in the config as it was written, where the generator reads XState's own transition objects.
const branchesOf = (branches: Branches): unknown[] =>
  branches === undefined ? [] : Array.isArray(branches) ? branches : [branches];
const inConfig = ({ states = {}, on = {}, after = {}, always, invoke }: StateConfig): unknown[] => [
  ...[...Object.values(on), ...Object.values(after)].flatMap(branchesOf),
  ...[always, invoke?.onDone, invoke?.onError].flatMap(branchesOf),
  ...Object.values(states).flatMap(inConfig),
];
const pathsIn = (states: Record<string, StateConfig> = {}, prefix = ''): string[] =>
  Object.entries(states).flatMap(([name, state]) => [
    prefix + name,
    ...pathsIn(state.states, `${prefix}${name}.`),
  ]);

const chart = source as unknown as StateConfig;
const written = inConfig(chart);

describe.each(Object.keys(files))('docs/%s', (name) => {
  it('is what `npm run docs` writes', () => {
    expect(read(`docs/${name}`)).toBe(files[name]);
  });
});

describe('docs/statechart.md', () => {
  it('has a row for each transition, always and forbidden ones too', () => {
    const rows = rowsOf('docs/statechart.md', 'from');
    expect(rows.length).toBe(written.length);
    expect(rows.filter(([, event]) => event === 'always').length).toBe(5);
    const forbidden = written.filter(
      (b) => typeof b === 'object' && Object.keys(b as object).length === 0,
    );
    expect(rows.filter((row) => row[3] === '⊘ stays').length).toBe(forbidden.length);
  });

  it('has a row for each state', () => {
    expect(rowsOf('docs/statechart.md', 'state').map(([path]) => path)).toEqual(
      pathsIn(chart.states),
    );
  });
});

describe.each(['docs/statechart.svg', 'docs/statechart-full.svg'])('%s', (file) => {
  const svg = read(file);
  const groups = svg.split('<g ').slice(1);
  const attribute = (text: string, name: string) =>
    new RegExp(` ${name}="([^"]*)"`).exec(` ${text}`)?.[1] as string;
  const boxes = new Map(
    groups
      .filter((group) => group.startsWith('class="state'))
      .map((group) => {
        const rect = /<rect [^>]+>/.exec(group)?.[0] as string;
        const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((a) =>
          Number(attribute(rect, a)),
        );
        return [attribute(group, 'data-path'), { x, y, width, height } as Box];
      }),
  );
  const arrows = groups.filter((group) => group.startsWith('class="arrow'));
  const edges = [...svg.matchAll(/data-edge="([^"]*)"/g)].map(([, edge]) => edge as string);

  it('draws every transition once', () => {
    expect(edges.length).toBe(written.length);
    expect(new Set(edges).size).toBe(edges.length);
  });

  it('draws a box for each state', () => {
    expect([...boxes.keys()]).toEqual(pathsIn(chart.states));
  });

  it('writes each transition at an arrow with its source and target, a forbidden one in its state', () => {
    for (const group of groups) {
      for (const [, edge] of group.matchAll(/data-edge="([^"]*)"/g)) {
        const [from, , , to] = (edge as string).split('|');
        if (to === '') expect(attribute(group, 'data-path')).toBe(from);
        else
          expect([attribute(group, 'data-from'), attribute(group, 'data-to')]).toEqual([from, to]);
      }
    }
  });

  it.each(
    arrows.map((arrow) => [attribute(arrow, 'data-from'), attribute(arrow, 'data-to'), arrow]),
  )('the arrow %s -> %s begins and ends on the borders of these two', (from, to, arrow) => {
    const [, x1, y1, x2, y2] = (/ d="M(\S+) (\S+) L(\S+) (\S+)"/.exec(arrow) ?? []).map(Number);
    expect(isOnBorder(boxes.get(from) as Box, x1 as number, y1 as number)).toBe(true);
    expect(isOnBorder(boxes.get(to) as Box, x2 as number, y2 as number)).toBe(true);
  });

  it('inner boxes lie in their outer box, and siblings apart', () => {
    for (const [path, box] of boxes) {
      for (const [other, otherBox] of boxes) {
        if (path === other) continue;
        if (path.startsWith(`${other}.`)) expect(isInside(box, otherBox)).toBe(true);
        else if (!other.startsWith(`${path}.`))
          expect(areApart(box, otherBox), `${path} ${other}`).toBe(true);
      }
    }
  });
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function isOnBorder({ x, y, width, height }: Box, px: number, py: number): boolean {
  const isWithinX = px >= x && px <= x + width;
  const isWithinY = py >= y && py <= y + height;
  const isAtSide = px === x || px === x + width;
  const isAtEnd = py === y || py === y + height;
  return (isAtSide && isWithinY) || (isAtEnd && isWithinX);
}

function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.x > outer.x &&
    inner.y > outer.y &&
    inner.x + inner.width < outer.x + outer.width &&
    inner.y + inner.height < outer.y + outer.height
  );
}

function areApart(a: Box, b: Box): boolean {
  return a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y || b.y + b.height < a.y;
}
