import { Continue, type RunContext } from 'schmoozer';
import { expiringLock, type LockStore } from 'schmoozer/exclusive';
import { createGroup } from 'schmoozer/group';
import { expect, it } from 'vitest';
import { leader } from '../../examples/recipes/leader.js';
import { nothingLeft } from '../support/leftovers.js';
import { until } from '../support/until.js';

const lifeMs = 2000;

/** A store in which locks expire; a process that is cut off gets no answer. */
class MemoryStore {
  readonly cutOff = new Set<string>();
  #holder: string | undefined;
  #endMs = 0;
  #fence = 0;

  of(who: string): LockStore {
    const answer = <T>(make: () => T): Promise<T> =>
      this.cutOff.has(who) ? Promise.reject(new Error('cut off')) : Promise.resolve(make());
    const hold = () => {
      this.#holder = who;
      this.#endMs = performance.now() + lifeMs;
    };
    return {
      claim: () => ({
        take: () =>
          answer(() => {
            if (this.#holder !== undefined && performance.now() < this.#endMs) return undefined;
            hold();
            return ++this.#fence;
          }),
        renew: () =>
          answer(() => {
            if (this.#holder === who) hold();
            return this.#holder === who;
          }),
        release: () =>
          answer(() => {
            if (this.#holder === who) this.#holder = undefined;
          }),
      }),
    };
  }
}

it('one process has all links; when it stops or is cut off, the other has them afterwards', async () => {
  const store = new MemoryStore();
  const log: string[] = [];
  const start = (who: string) => {
    const device = (name: string) => ({
      limiterKey: name,
      connect: async () => {
        log.push(`${who} opens ${name}`);
        return {};
      },
      run: (_connection: object, { signal }: RunContext) =>
        new Promise<Continue>((resolve) => {
          signal.addEventListener('abort', () => resolve(Continue()));
        }),
      disconnect: async () => void log.push(`${who} releases ${name}`),
    });
    const makeGroup = () => {
      const group = createGroup();
      for (const name of ['pump', 'valve']) group.add(name, device(name));
      return group;
    };
    const lock = expiringLock(store.of(who), { lifeMs, pollMs: 20 });
    return leader({ lock, name: 'devices', lifeMs, makeGroup }).start();
  };
  const turn = (who: string, verb: string) =>
    ['pump', 'valve'].map((name) => `${who} ${verb} ${name}`);

  const first = start('one');
  await until('the first leader', () => log.length === 2);
  const second = start('two');
  await until('the wait of the other', () => second.getSnapshot().hasTag('queued'));
  expect(first.connection?.health().status).toBe('up');

  store.cutOff.add('one');
  await until('the second leader', () => log.length === 6);
  store.cutOff.delete('one');
  await until('the wait of the first', () => first.getSnapshot().hasTag('queued'));
  await second.close();
  await until('the first again', () => log.length === 10);
  await first.close();
  expect(log).toEqual([
    ...turn('one', 'opens'),
    ...turn('one', 'releases'),
    ...turn('two', 'opens'),
    ...turn('two', 'releases'),
    ...turn('one', 'opens'),
    ...turn('one', 'releases'),
  ]);
  await nothingLeft();
});
