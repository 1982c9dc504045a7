import { describe, expect, it } from 'vitest';
import {
  type FailureContext,
  exponentialBackoff,
  InvalidOptionError,
  type Jitter,
} from 'schmoozer';
import { MAX_TIMER_MS } from '../../src/core/check.js';
import { resolveSettings as resolveTcpSettings } from '../../src/connectors/tcp/options.js';
import { resolveSocketOptions } from '../../src/compat/socketOptions.js';
import { optionNames, resolveSettings } from '../../src/machine/settings.js';
import { proseOf, read, rowsOf } from '../support/documents.js';

const connector = {
  connect: async () => 0,
  run: async () => ({ type: 'Break' as const, value: 0 }),
};
const resolve = (options: object) => resolveSettings({ ...options, connector });
const toNumber = (cell: string) => Number(cell.replaceAll(/[\s\u00a0]/g, ''));

/** `> 0`, `>= 0`: the bound itself is out or in, and what is smaller is out. */
function checkLowerBound(cell: string, create: (value: number) => unknown): void {
  const [, sign, text] = /^(>=?) (\d+)/.exec(cell) ?? [];
  const bound = Number(text);
  const atBound = () => create(bound);
  if (sign === '>=') expect(atBound).not.toThrow();
  else expect(atBound).toThrow(InvalidOptionError);
  expect(() => create(bound - 0.001)).toThrow(InvalidOptionError);
  expect(() => create(bound + 0.001)).not.toThrow();
}

const guide = 'docs/guide/errors-and-retries.md';

describe.each([guide, 'docs/options.md'])('options in %s', (file) => {
  const rows = rowsOf(file, 'option');
  const durations = rows.filter(([name]) => /^(connect|grace|stable)\w+Ms$/.test(name as string));

  it.each(durations)('%s: default %s, bounds %s', (name, fallback, bounds) => {
    expect(resolve({})[name as 'gracePeriodMs']).toBe(toNumber(fallback as string));
    const create = (value: number) => resolve({ [name as string]: value });
    checkLowerBound(bounds as string, create);
    expect(() => create(Infinity)).not.toThrow();
  });

  it('are all there', () => {
    expect(durations.length).toBe(3);
    const source = read('src/machine/settings.ts').split('export interface ReconnectOptions {')[1];
    const names = [...(source?.split('\n}')[0] ?? '').matchAll(/readonly (\w+)\?:/g)].map(
      ([, n]) => n,
    );
    expect(names).toContain('backoff');
    // The guide shows those that are set most often.
    const wanted = file === guide ? ['backoff', ...durations.map(([name]) => name)] : names;
    const shown = rows.map(([name]) => name);
    expect(wanted.filter((name) => !shown.includes(name))).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(shown.filter((n) => !/^(base|max|min|jit|fac)/.test(n ?? ''))),
    );
  });
});

describe('docs/options.md', () => {
  const rows = rowsOf('docs/options.md', 'option');
  const table = Object.fromEntries(
    rows.map(([name, fallback]) => [name, toNumber(fallback as string)]),
  ) as Record<'baseMs' | 'factor' | 'maxMs' | 'minMs', number>;
  const { baseMs, factor, maxMs, minMs } = table;
  const defaults = { baseMs, factor, maxMs, minMs, jitter: 'full' as Jitter };
  const answers = (options?: Parameters<typeof exponentialBackoff>[0]) =>
    [1, 2, 3, 6, 9].flatMap((attempt) => {
      const failure = { phase: 'run', attempt, previousDelayMs: 700, downMs: 0 } as FailureContext;
      return [0, 0.4, 0.9].map((u) => exponentialBackoff(options)(failure, () => u));
    });

  it('names the defaults of exponentialBackoff: another value of any one gives other delays', () => {
    expect(answers(defaults)).toEqual(answers());
    for (const name of ['baseMs', 'factor', 'maxMs', 'minMs'] as const) {
      expect(answers({ ...defaults, [name]: defaults[name] + 1 }), name).not.toEqual(answers());
    }
    expect(answers({ ...defaults, jitter: 'equal' })).not.toEqual(answers());
  });

  it('names the bounds of exponentialBackoff', () => {
    const bounds = Object.fromEntries(rows.map(([name, , cell]) => [name, cell as string]));
    checkLowerBound(bounds['baseMs'] as string, (value) => exponentialBackoff({ baseMs: value }));
    checkLowerBound(bounds['factor'] as string, (value) => exponentialBackoff({ factor: value }));
    expect(bounds['maxMs']).toBe('>= `baseMs`');
    checkLowerBound('>= 500', (value) => exponentialBackoff({ baseMs: 500, maxMs: value }));
    expect(bounds['minMs']).toBe('0 to `baseMs`');
    checkLowerBound('>= 0', (value) => exponentialBackoff({ minMs: value }));
    expect(() => exponentialBackoff({ minMs: baseMs + 1 })).toThrow(InvalidOptionError);
  });

  it('names each jitter', () => {
    for (const [jitter] of rowsOf('docs/options.md', 'jitter')) {
      expect(() =>
        exponentialBackoff({ jitter: JSON.parse((jitter ?? '').replaceAll("'", '"')) }),
      ).not.toThrow();
    }
    const source = /type Jitter = (.+);/.exec(read('src/policy/exponentialBackoff.ts'))?.[1];
    const shown = rowsOf('docs/options.md', 'jitter').map(([jitter]) => jitter);
    // In the order of the type.
    expect(shown.join(' | ')).toBe(source);
  });

  it('names the longest timer', () => {
    expect(proseOf('docs/options.md')).toContain(
      `at most ${MAX_TIMER_MS} ms, about ${(MAX_TIMER_MS / 86_400_000).toFixed(1)} days`,
    );
  });
});

describe('docs/tcp.md', () => {
  const rows = rowsOf('docs/tcp.md', 'option');
  const required = { host: 'localhost', port: 1, run: async () => connector.run() };
  const resolveTcp = (options: object = {}) => resolveTcpSettings({ ...required, ...options });

  it('has a row for each option', () => {
    const [, source] = read('src/connectors/tcp/options.ts').split(
      /interface TcpConnectorOptions<.*\n/,
    );
    const names = [...(source?.split('\n}')[0] ?? '').matchAll(/readonly (\w+)\??:/g)];
    expect(rows.map(([name]) => name)).toEqual(names.map(([, name]) => name));
  });

  it.each(rows.filter(([, fallback]) => /^(\d|'|true|false)/.test(fallback as string)))(
    '%s: default %s',
    (name, fallback) => {
      // That of `tls` is where it is asked for.
      const value = resolveTcp()[name as 'noDelay'] ?? false;
      expect(value).toEqual(JSON.parse((fallback as string).replaceAll("'", '"')));
    },
  );

  it.each(rows.filter(([, , bounds]) => /^\d+ to (\d|Infinity)/.test(bounds as string)))(
    '%s: default %s, bounds %s',
    (name, _fallback, bounds) => {
      const [, least, most] = /^(\d+) to (\d+|Infinity)/.exec(bounds as string) ?? [];
      const create = (value: number) => () => resolveTcp({ [name as string]: value });
      for (const good of [Number(least), Number(most)]) expect(create(good)).not.toThrow();
      expect(create(Number(least) - 1)).toThrow(InvalidOptionError);
      if (most !== 'Infinity') expect(create(Number(most) + 1)).toThrow(InvalidOptionError);
    },
  );
});

describe('docs/reconnecting-websocket.md', () => {
  const [, taken] = read('src/compat/socketOptions.ts').split('  connector: [');
  const connectorNames = [...(taken?.split(']')[0] ?? '').matchAll(/'(\w+)'/g)].map(
    ([, name]) => name as string,
  );
  const rows = rowsOf('docs/reconnecting-websocket.md', 'option');

  it('has a row for each option that is its own', () => {
    const [, others, ours] = read('src/compat/socketOptions.ts').split(/interface \w*Options\w*/);
    // What it takes over from others is named in the text.
    const names = [others, ours].flatMap((source) =>
      [...(source?.split('\n}')[0] ?? '').matchAll(/readonly (\w+)\?:/g)].map(([, name]) => name),
    );
    expect(names).toContain('closeMode');
    expect(rows.map(([name]) => name)).toEqual(names);
  });

  it.each(rows.filter(([, fallback]) => /^(\d+$|'|true|false|Infinity)/.test(fallback as string)))(
    '%s: default %s',
    (name, fallback) => {
      const { machine, ...own } = resolveSocketOptions({});
      const link: Record<string, unknown> = resolve(machine) as never;
      const aliases: Record<string, unknown> = {
        minUptime: link['stableAfterMs'],
        connectionTimeout: link['connectTimeoutMs'],
      };
      const value = aliases[name as string] ?? own[name as 'wake'];
      expect(`${value as number}`).toBe((fallback as string).replaceAll("'", ''));
    },
  );

  it('names the options that it takes over, and the default of `failFast`', () => {
    const text = proseOf('docs/reconnecting-websocket.md');
    const names = [...connectorNames, ...optionNames].filter((name) => name !== 'resumePoint');
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    const { failFast } = resolve(resolveSocketOptions({}).machine);
    expect(text).toContain(`\`failFast\` (default \`'${failFast}'\`)`);
  });
});
