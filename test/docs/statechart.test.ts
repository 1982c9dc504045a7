import { describe, expect, it } from 'vitest';
import type { Chart } from '../../packages/inspector/src/page/definition/chart.js';
import { isInside as isStateInside } from '../../packages/inspector/src/page/definition/chart.js';
import { chartOf } from '../../packages/inspector/src/page/definition/chartOf.js';
import { fullPicture } from '../../scripts/statechart/fullPicture.js';
import { measure } from '../../scripts/statechart/measure.js';
import { overviewPicture } from '../../scripts/statechart/overviewPicture.js';
import { chart as drawn } from '../../scripts/statechart/chart.js';
import { statesPicture } from '../../scripts/statechart/statesPicture.js';
import { files } from '../../scripts/statechart.js';
import { chart as source } from '../../src/machine/chart.js';
import { read, rowsOf } from '../support/documents.js';
import { areApart, type Box, holds, isInside, isOnBorder, pictureIn } from '../support/pictures.js';

type Branches = unknown;
interface StateConfig {
  readonly type?: string;
  readonly initial?: string;
  readonly states?: Record<string, StateConfig>;
  readonly on?: Record<string, Branches>;
  readonly after?: Record<string, Branches>;
  readonly always?: Branches;
  readonly invoke?: { readonly onDone?: Branches; readonly onError?: Branches };
}

// Counted in the config as it was written, where the generator reads it as the inspector does.
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
const isForbidden = (branch: unknown) =>
  typeof branch === 'object' && leadsNowhere(branch) && !('actions' in (branch as object));
const leadsNowhere = (branch: unknown) =>
  typeof branch === 'object' && !('target' in (branch as object));
const byText = <T>(items: Iterable<T>) =>
  [...items].toSorted((a, b) => String(a).localeCompare(String(b)));

const config = source as unknown as StateConfig;
const written = inConfig(config);

describe.each(Object.keys(files))('docs/%s', (name) => {
  it('is what `npm run docs` writes', () => {
    expect(read(`docs/${name}`)).toBe(files[name]);
  });
});

it('the picture of the README fails for a chart with other states, or other ways between them', () => {
  const { root } = drawn;
  const fewer = { ...root, children: root.children.slice(1) };
  expect(() => statesPicture({ ...drawn, edges: [] })).toThrow(/^arrows of the chart: ;/);
  expect(() => statesPicture({ ...drawn, root: fewer })).toThrow(/^states of the chart: /);
});

describe('docs/statechart.md', () => {
  it('has a row for each transition, always and forbidden ones too', () => {
    const rows = rowsOf('docs/statechart.md', 'from');
    expect(rows.length).toBe(written.length);
    expect(rows.filter(([, event]) => event === 'always').length).toBe(6);
    expect(rows.filter((row) => row[3] === '⊘ stays').length).toBe(
      written.filter(isForbidden).length,
    );
  });

  it('has a row for each state', () => {
    expect(rowsOf('docs/statechart.md', 'state').map(([path]) => path)).toEqual(
      pathsIn(config.states),
    );
  });
});

/**
 * The chart with what it may become: three more states in each that has some, and one at the top that has states in
 * its states, leads everywhere and is led to from everywhere; and a second end.
 */
function grown(own: StateConfig): StateConfig {
  const copy = JSON.parse(JSON.stringify(own)) as StateConfig;
  const tops = Object.keys(copy.states ?? {});
  const states: Record<string, StateConfig> = {};
  for (const [name, state] of Object.entries(copy.states ?? {})) {
    if (state.states === undefined) {
      states[name] = state;
      continue;
    }
    const others = tops.filter((top) => top !== name);
    const extra = (i: number): StateConfig => ({
      on: {
        [`made.up.${i}`]: [
          { guard: 'isMadeUp', target: `extra${((i + 1) % 3) + 1}`, actions: ['recordMadeUp'] },
          { target: `#reconnect.${others[i % others.length]}` },
        ],
        'made.up.suspend': '#reconnect.pausing.resting',
        ignored: {},
      },
      after: { aVeryLongMadeUpTimeoutWhoseNameIsBroken: '#reconnect.pausing' },
    });
    states[name] = {
      ...state,
      states: { ...state.states, extra1: extra(1), extra2: extra(2), extra3: extra(3) },
    };
  }
  const pausing: StateConfig = {
    initial: 'resting',
    states: {
      resting: {
        on: Object.fromEntries(tops.map((top) => [`go.${top}`, `#reconnect.${top}`])),
      },
      dreaming: {
        initial: 'lightly',
        states: {
          lightly: { on: { deeper: 'deeply' } },
          deeply: { on: { wake: '#reconnect.lost' } },
        },
      },
    },
    on: { dream: '.dreaming' },
  };
  return { ...copy, states: { ...states, pausing, lost: { type: 'final' } } };
}

const charts: [name: string, StateConfig][] = [
  ['the chart', config],
  ['a chart that has grown', grown(config)],
];
const pictures: [name: string, (chart: Chart) => string | Promise<string>, isFull: boolean][] = [
  ['statechart.svg', overviewPicture, false],
  ['statechart-full.svg', fullPicture, true],
];

describe.each(charts)('%s', (_name, own) => {
  const chart = chartOf(JSON.stringify(own), 'reconnect');
  const paths = pathsIn(own.states);

  describe.each(pictures)('as in docs/%s', async (_file, draw, isFull) => {
    const { boxes, names, arrows, texts, notes } = pictureIn(await draw(chart));

    it('has a box with its name for each state', () => {
      expect(byText(boxes.keys())).toEqual(byText(paths));
      expect(byText(names)).toEqual(
        byText(paths.map((path) => [path, path.split('.').at(-1) as string])),
      );
    });

    it('says every transition once; only the full one says those that lead nowhere', () => {
      const said = notes.flatMap(({ edges }) => edges);
      const wanted = inConfig(own).filter((branch) => isFull || !leadsNowhere(branch));
      expect(new Set(said).size).toBe(wanted.length);
      // A note that is broken into lines names its transitions at each of them.
      if (isFull) expect(said.length).toBe(wanted.length);
    });

    it('says a transition in the state that has it, at an arrow between its ends, or in the state it leads to', () => {
      const at = (path: string) => chart.states.get(path) as (typeof chart)['root'];
      for (const { edges, path, arrow } of notes) {
        for (const edge of edges.map((index) => chart.edges[index] as Chart['edges'][number])) {
          if (arrow !== undefined) {
            expect(isStateInside(edge.source, at(arrow.from))).toBe(true);
            expect(edge.targets.some((target) => isStateInside(target, at(arrow.to)))).toBe(true);
          } else if (isFull) expect(path).toBe(edge.source.path);
          else {
            // One that leads to an outer state begins in its first one.
            expect(edge.targets.some((target) => isStateInside(at(path as string), target))).toBe(
              true,
            );
          }
        }
      }
    });

    it('draws each arrow from its state to the border of its target', () => {
      const links = new Set(arrows.map(({ from, to }) => `${from} ${to}`));
      expect(links.size).toBe(arrows.length);
      expect(arrows.length).toBeGreaterThan(8);
      for (const { from, to, start, end } of arrows) {
        expect(isOnBorder(boxes.get(to) as Box, end), `${from} -> ${to}`).toBe(true);
        expect(holds(boxes.get(from) as Box, start), `${from} -> ${to}`).toBe(true);
      }
    });

    it('inner boxes lie in their outer box, and siblings apart', () => {
      for (const [path, box] of boxes) {
        for (const [other, otherBox] of boxes) {
          if (path === other) continue;
          if (path.startsWith(`${other}.`)) expect(isInside(box, otherBox), path).toBe(true);
          else if (!other.startsWith(`${path}.`))
            expect(areApart(box, otherBox), `${path} ${other}`).toBe(true);
        }
      }
    });

    it('no text lies on the box of another state, or leaves its own', () => {
      expect(texts.length).toBeGreaterThan(paths.length);
      for (const { content, path, x, y, style } of texts) {
        const place = { x, y: y - 9, width: measure(content, style), height: 11 };
        for (const [other, box] of boxes) {
          if (path === other) expect(isInside(place, box), `${content} in ${other}`).toBe(true);
          else if (!path?.startsWith(`${other}.`))
            expect(areApart(place, box), `${content} on ${other}`).toBe(true);
        }
      }
    });

    it('no text lies on another', () => {
      const places = texts.map(({ content, x, y, style }) => ({
        x,
        y: y - 8,
        width: measure(content, style),
        height: 9,
      }));
      places.forEach((place, i) => {
        const hit = places.findIndex((other, k) => k > i && !areApart(place, other));
        expect(texts[hit]?.content, texts[i]?.content).toBeUndefined();
      });
    });
  });
});
