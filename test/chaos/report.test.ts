import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { watchCpu } from './cpu.js';
import { planOf } from './faults.js';
import { opened, sealed } from './lines.js';
import type { ConnectionRecord, SessionRecord } from './records.js';
import { liesOf, type Observations, reportOf } from './report.js';
import { SessionLog } from './sessionLog.js';

const connection = (more: Partial<ConnectionRecord>): ConnectionRecord => ({
  link: 0,
  port: 4000,
  fault: 'reset',
  acceptedAt: 0,
  ...more,
});

const session = (more: Partial<SessionRecord>): SessionRecord => ({
  link: 0,
  port: 4000,
  onAt: 5,
  offAt: 1010,
  ...more,
});

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

/** A run in which all was well. */
const well: Observations = {
  connections: [connection({ goneAt: 1000, gone: 'signalled', leftAt: 1010 })],
  sessions: [session({})],
  servers: { disorder: [], received: { 0: [0, 1, 2] }, repeated: 1 },
  disorder: [],
  ended: [],
  samples: { taken: 3, doubled: 0 },
  calmAt: 2000,
  stoppedAt: 9000,
  blind: [],
  backAt: [2500],
  heapMb: [10, 10.1],
  stopMs: 100,
  left: { running: 0, sockets: 0, timers: 0 },
  added: { 0: 3 },
  warnings: [],
  keptWaitingMs: 0,
};

const over = (seen: Partial<Observations>) =>
  reportOf({ ...well, ...seen })
    .filter(({ isOver }) => isOver)
    .map(({ what }) => what);

describe('the report of a run', () => {
  it('finds nothing where all was well', () => {
    expect(over({})).toEqual([]);
  });

  it.each<[string, Partial<Observations>]>([
    ['two live connections', { samples: { taken: 3, doubled: 1 } }],
    ['at the server', { servers: { ...well.servers, disorder: ['0 1 2'] } }],
    ['at the link', { disorder: [{ link: 0, at: 500, text: '0 1 2' }] }],
    ['ended for good', { ended: [{ link: 0, output: {} }] }],
    [
      'tcp: online after an end or a reset, p99',
      { sessions: [session({ offAt: 1051 })], blind: [{ from: 0, to: 999 }] },
    ],
    [
      'tcp: online after an end or a reset, max',
      { sessions: [session({ offAt: 1101 }), ...times(200, session({ offAt: 1050 }))] },
    ],
    [
      'tcp: online on a silent line, p99',
      {
        connections: [connection({ goneAt: 1000, gone: 'silent' })],
        sessions: [session({ offAt: 4051 })],
        backAt: [4060],
      },
    ],
    ['did not come back', { backAt: [undefined] }],
    ['back after the chaos, links', { backAt: [3001] }],
    ['ended in the calm', { connections: [], sessions: [session({ offAt: 8999 })] }],
    ['heap', { heapMb: [10, 10.2, 10.31] }],
    ['stop of all', { stopMs: 301 }],
    ['did not stop', { left: { running: 1, sockets: 0, timers: 0 } }],
    ['sockets', { left: { running: 0, sockets: 1, timers: 0 } }],
    ['timers', { left: { running: 0, sockets: 0, timers: 1 } }],
    ['messages lost', { servers: { ...well.servers, received: { 0: [0, 1] } } }],
    ['order was lost', { servers: { ...well.servers, received: { 0: [0, 2, 1] } } }],
    ['warnings', { warnings: ['unhandledRejection'] }],
  ])('finds what is wrong: %s', (what, seen) => {
    expect(over(seen)).toEqual([expect.stringContaining(what)]);
  });

  it('takes a wrong line for the damage that was done on its connection', () => {
    const disorder = [{ link: 0, at: 500, text: '0 1 2' }];
    const damaged = [connection({ goneAt: 1000, gone: 'signalled', damaged: true })];
    expect(over({ disorder, connections: damaged })).toEqual([]);
  });

  it.each<[string, Partial<ConnectionRecord>, readonly string[]]>([
    ['was silent', { goneAt: 1000, gone: 'silent', leftAt: 5000 }, []],
    ['fell silent later', { goneAt: 2001, gone: 'silent', leftAt: 5000 }, ['p99']],
    ['was damaged', { damaged: true, leftAt: 5000 }, []],
    ['was damaged, and was known to be', { damaged: true, leftAt: 1900 }, ['p99']],
    ['was well', { leftAt: 9000 }, ['p99']],
  ])('gives a link a second, unless it could not know: its line %s', (_, line, ends) => {
    const seen = { connections: [connection(line)], sessions: [], backAt: [6900] };
    expect(over(seen)).toEqual(ends.map((end) => expect.stringMatching(`back .*, ${end}$`)));
    expect(over({ ...seen, backAt: [7001] })).toContainEqual(expect.stringMatching('back .*, max'));
  });

  it('allows for a process that got no CPU', () => {
    expect(over({ stopMs: 380, keptWaitingMs: 100 })).toEqual([]);
  });

  it('leaves out ends that came while the process of the links was busy with itself', () => {
    const late = { sessions: [session({ offAt: 1200 })] };
    expect(over({ ...late, blind: [{ from: 1100, to: 1190 }] })).toEqual([]);
    expect(over({ ...late, blind: [{ from: 1201, to: 1300 }] })).toHaveLength(2);
  });

  it('finds the connection of a session by its port, or by its time', () => {
    const connections = [
      connection({ port: 1, goneAt: 10, gone: 'signalled' }),
      connection({ port: 2, acceptedAt: 100, goneAt: 200, gone: 'signalled' }),
    ];
    const sessions = [
      { link: 0, port: 2, onAt: 99, offAt: 230 },
      { link: 0, port: undefined, onAt: 101, offAt: 240 },
    ];
    expect(liesOf({ connections, sessions, blind: [] }).map(({ ms }) => ms)).toEqual([30, 40]);
  });
});

it('the plan of a connection follows from the seed, and every fault comes', () => {
  const plans = (seed: number) =>
    Array.from({ length: 500 }, (_, nth) => planOf(seed, 7, nth).fault);
  expect(plans(1)).toEqual(plans(1));
  expect(plans(1)).not.toEqual(plans(2));
  expect(new Set(plans(1)).size).toBe(11);
});

it('a line whose bytes were changed is not opened', () => {
  const line = sealed('o 7 12');
  expect(opened(line)).toBe('o 7 12');
  expect(opened(line.replace('12', '13'))).toBeUndefined();
  expect(opened('o')).toBeUndefined();
});

it('a log of sessions gives back what was added', () => {
  const log = new SessionLog();
  const added = Array.from({ length: 5000 }, (_, link) => ({
    link,
    port: link % 2 === 0 ? undefined : link,
    onAt: link / 2,
    offAt: link + 0.25,
  }));
  for (const record of added) log.add(record);
  expect(log.length).toBe(5000);
  expect(log.all()).toEqual(added);
});

it('the time for which a process is kept waiting is no work of its own, and no sleep', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  let [at, used] = [1000, 500];
  const cpu = watchCpu(() => ({ at, used }));
  const spent = cpu.spent();
  const waits = [
    [10, 0],
    [210, 200],
    [150, 40],
    [12, 3],
  ].map(([ms, workMs]) => {
    at += ms as number;
    used += workMs as number;
    vi.advanceTimersByTime(10);
    return cpu.keptWaitingMs();
  });
  expect(waits).toEqual([0, 0, 100, 100]);
  expect(spent()).toBe(243);
  cpu.stop();
  expect(vi.getTimerCount()).toBe(0);
});
