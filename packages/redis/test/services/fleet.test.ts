import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../../../../test/support/exec.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { urlOf } from '../../../../test/support/services.js';
import type { Orders, Report } from '../support/messages.js';
import { isRedisMissing } from '../support/skipped.js';

const PROCESSES = 8;
const WINDOW_MS = 100;

/** Starts a process of the fleet; it is gone when the test is. */
function member(orders: Orders): ChildProcess {
  const child = fork(`${root}packages/redis/test/support/member.ts`, [JSON.stringify(orders)], {
    cwd: root,
    execArgv: ['--import', 'tsx'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The next report of each; one that exits instead is an error. */
function reports(members: readonly ChildProcess[]): Promise<Report[]> {
  return Promise.all(
    members.map(
      (child) =>
        new Promise<Report>((resolve, reject) => {
          const gone = (code: number | null) => reject(new Error(`a process ended with ${code}`));
          child.once('exit', gone);
          child.once('message', (report) => {
            child.off('exit', gone);
            resolve(report as Report);
          });
        }),
    ),
  );
}

describe.skipIf(isRedisMissing)('8 processes with 500 links each', () => {
  it('share a budget of 1000/s: no 100 ms see more than it brings, a burst, and a lease for each process', async () => {
    const [perSecond, burst, lease, links] = [1000, 20, 4, 500];
    const orders = { url: urlOf('Redis').href, keyPrefix: uniqueName(), perSecond, burst, lease };
    const members = Array.from({ length: PROCESSES }, () => member({ ...orders, links }));
    await reports(members);
    const done = reports(members);
    for (const child of members) child.send('go');
    const grants = (await done)
      .flatMap((report) => ('grantedAtMs' in report ? report.grantedAtMs : []))
      .toSorted((a, b) => a - b);
    const ended = Promise.all(members.map((child) => once(child, 'exit')));
    for (const child of members) child.send('end');
    expect(await ended).toEqual(members.map(() => [0, null]));

    expect(grants).toHaveLength(PROCESSES * links);
    // A process that the machine holds up is late with one lease, not with more: it has one reservation at a time.
    const late = PROCESSES * lease;
    const most = grants.reduce((peak, atMs, first) => {
      const end = grants.findIndex((other, i) => i > first && other > atMs + WINDOW_MS);
      return Math.max(peak, (end < 0 ? grants.length : end) - first);
    }, 0);
    expect(most).toBeLessThanOrEqual((perSecond * WINDOW_MS) / 1000 + burst + late + 1);
    const tookMs = (grants.at(-1) as number) - (grants[0] as number);
    const leastMs = ((grants.length - burst - late) / perSecond) * 1000;
    expect(tookMs).toBeGreaterThanOrEqual(Math.floor(leastMs));
  });
});
