import { describe, expect, it } from 'vitest';
import { planOf } from './faults.js';
import { opened, sealed } from './lines.js';
import type { ConnectionRecord } from './records.js';
import { liesOf, type Observations, reportOf } from './report.js';

const connection = (more: Partial<ConnectionRecord>): ConnectionRecord => ({
  link: 0,
  port: 4000,
  fault: 'reset',
  acceptedAt: 0,
  ...more,
});

/** A run in which all was well. */
const well: Observations = {
  connections: [connection({ goneAt: 1000, gone: 'signalled', leftAt: 1010 })],
  sessions: [{ link: 0, port: 4000, onAt: 5, offAt: 1010 }],
  servers: { disorder: [], received: { 0: [0, 1, 2] }, repeated: 1 },
  disorder: [],
  ended: [],
  samples: { taken: 3, doubled: 0 },
  calmAt: 2000,
  backAt: [2500],
  heapMb: [10, 10.1],
  stopMs: 100,
  left: { running: 0, sockets: 0, timers: 0 },
  added: { 0: 3 },
  warnings: [],
  stallMs: 0,
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
    ['tcp: online after', { sessions: [{ link: 0, port: 4000, onAt: 5, offAt: 1101 }] }],
    [
      'tcp: online on a silent line',
      {
        connections: [connection({ goneAt: 1000, gone: 'silent' })],
        sessions: [{ link: 0, port: 4000, onAt: 5, offAt: 5001 }],
      },
    ],
    ['did not come back', { backAt: [undefined] }],
    ['all back', { backAt: [3001] }],
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

  it('gives a line that was silent at the end of the chaos the time to be noticed', () => {
    const silent = [connection({ goneAt: 1000, gone: 'silent', leftAt: 5000 })];
    expect(over({ connections: silent, sessions: [], backAt: [6900] })).toEqual([]);
    expect(over({ connections: silent, sessions: [], backAt: [7100] })).toHaveLength(1);
  });

  it('allows for a process that stood still', () => {
    expect(over({ stopMs: 380, stallMs: 100 })).toEqual([]);
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
    expect(liesOf(connections, sessions).map(({ ms }) => ms)).toEqual([30, 40]);
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
