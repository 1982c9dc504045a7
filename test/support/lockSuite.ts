import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from './exec.js';
import { type FencedServer, fencedServer } from './fencedServer.js';
import type { HoldOrders } from './holdLink.js';
import { type Proxy, startProxy } from './proxy.js';
import { uniqueName } from './serviceLoop.js';
import { throughPort } from './services.js';
import { until } from './until.js';

const LIFE_MS = 2000;

interface Member {
  readonly who: string;
  readonly child: ChildProcess;
  /** Between it and the store. */
  readonly proxy: Proxy;
}

/**
 * Two processes that want one lock of a real store, and what becomes of it when its holder comes to harm.
 *
 * @param forget removes what the store keeps of a name
 */
export function lockSuite(
  store: URL,
  program: string,
  isMissing: boolean,
  forget: (name: string) => Promise<unknown>,
): void {
  async function member(who: string, server: FencedServer, name: string): Promise<Member> {
    const proxy = await startProxy(store.hostname, Number(store.port));
    const url = throughPort(store, proxy.port);
    const orders: HoldOrders = { url, port: server.port, name, who, lifeMs: LIFE_MS };
    const child = fork(`${root}${program}`, [JSON.stringify(orders)], {
      cwd: root,
      execArgv: ['--import', 'tsx'],
    });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await proxy[Symbol.asyncDispose]();
    });
    return { who, child, proxy };
  }

  /** One process holds the lock and works, the other waits for it. */
  async function holderAndHeir() {
    const server = await fencedServer();
    const name = uniqueName();
    onTestFinished(() => forget(name).then(() => {}));
    const holder = await member('holder', server, name);
    await until('the holder is in', () => server.entries.length === 1);
    const heir = await member('heir', server, name);
    await once(heir.child, 'message');
    return { server, holder, heir };
  }

  async function takenOver(server: FencedServer, sinceMs: number): Promise<number> {
    await until('the heir is in', () => server.entries.at(-1)?.who === 'heir');
    const before = server.work.get('heir') ?? 0;
    await until('the heir works', () => (server.work.get('heir') ?? 0) > before);
    return (server.entries.at(-1)?.atMs as number) - sinceMs;
  }

  /** Each number is greater than the one before, and so none was refused. */
  function checkOrder(server: FencedServer): void {
    const fences = server.entries.map(({ fence }) => fence);
    expect(fences).toEqual([...new Set(fences)].toSorted((a, b) => a - b));
    expect(server.refused).toEqual([]);
  }

  describe.skipIf(isMissing)('two processes, one lock', () => {
    it('the heir waits for as long as the holder lives, through many lives of the lock', async () => {
      const { server, holder } = await holderAndHeir();
      await sleep(2 * LIFE_MS);
      expect(server.entries).toHaveLength(1);
      const before = server.work.get('holder') ?? 0;
      await until('the holder works', () => (server.work.get('holder') ?? 0) > before);
      expect(holder.child.exitCode).toBeNull();
    });

    it('a holder that stops hands it over at once', async () => {
      const { server, holder } = await holderAndHeir();
      const gone = once(holder.child, 'exit');
      const sinceMs = performance.now();
      holder.child.send('stop');
      expect(await takenOver(server, sinceMs)).toBeLessThan(LIFE_MS);
      expect(await gone).toEqual([0, null]);
      expect(server.overlaps).toBe(0);
      checkOrder(server);
    });

    it('a holder that is killed is followed within the life of the lock and a second', async () => {
      const { server, holder } = await holderAndHeir();
      const sinceMs = performance.now();
      holder.child.kill('SIGKILL');
      expect(await takenOver(server, sinceMs)).toBeLessThan(LIFE_MS + 1000);
      expect(server.overlaps).toBe(0);
      checkOrder(server);
    });

    it('a holder that stands still is followed as soon, and its session does nothing any more when it goes on', async () => {
      const { server, holder } = await holderAndHeir();
      const sinceMs = performance.now();
      holder.child.kill('SIGSTOP');
      expect(await takenOver(server, sinceMs)).toBeLessThan(LIFE_MS + 1000);
      // Its session was open, for nobody had closed it: the server has, at the greater number.
      expect(server.overlaps).toBe(1);
      const before = server.work.get('holder');
      const queued = once(holder.child, 'message');
      holder.child.kill('SIGCONT');
      await queued;
      expect(server.work.get('holder')).toBe(before);
      expect(server.entries.map(({ who }) => who)).toEqual(['holder', 'heir']);
      checkOrder(server);
    });

    it('a holder that is cut off from the store ends its session before another begins', async () => {
      const { server, holder, heir } = await holderAndHeir();
      const sinceMs = performance.now();
      holder.proxy.silence();
      expect(await takenOver(server, sinceMs)).toBeLessThan(LIFE_MS + 1000);
      expect(server.overlaps).toBe(0);
      // It is still alive, and takes over in its turn.
      await holder.proxy.pass();
      const gone = once(heir.child, 'exit');
      heir.child.send('stop');
      await gone;
      await until('the holder is back', () => server.entries.at(-1)?.who === 'holder');
      expect(server.overlaps).toBe(0);
      checkOrder(server);
    });
  });
}
