import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Sample, Samples, Size } from '../bench.js';
import { rounded } from '../rounds.js';
import type { Peer } from './peers.js';
import { protocols } from './protocols.js';
import { type Mood, unrulyServer } from './unrulyServer.js';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * All at once, as nearly all of the time they wait. Each client has a process of its own, and a server of its
 * own in this process.
 */
export async function observe(mood: Mood, size: Size, peers: readonly Peer[]): Promise<Samples> {
  const { clients = 1 } = size;
  const samples = peers.map(async (peer) => {
    const each = Array.from({ length: clients }, () => observeClient(peer, mood, size));
    return [peer.name, await Promise.all(each)] as const;
  });
  return Object.fromEntries(await Promise.all(samples));
}

async function observeClient({ name, protocol }: Peer, mood: Mood, size: Size): Promise<Sample> {
  const { windowMs = 0, patienceMs = 0 } = size;
  const newServe = protocols[protocol];
  if (!newServe) throw new Error(`no protocol ${protocol}`);
  const server = await unrulyServer(newServe(), mood);
  const child = fork(file('client.js'), [name, String(server.port)], {
    execArgv: ['--import', new URL('../newest.js', import.meta.url).href],
    // A client may say what it thinks of its server.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const isGone = once(child, 'exit');
  const hasStarted = once(child, 'message').then(() => true);
  if (!(await Promise.race([hasStarted, isGone.then(() => false)]))) {
    throw new Error(`${name}: the process ended before it had started its client`);
  }
  await sleep(windowMs);
  const { accepts } = server;
  const goodAtMs = performance.now();
  server.mood = 'good';
  const patience = new AbortController();
  const isOver = sleep(patienceMs, null, { signal: patience.signal }).catch(() => null);
  const servedAtMs = await Promise.race([server.served, isOver]);
  patience.abort();
  child.kill('SIGKILL');
  await isGone;
  server.close();
  const recoveredMs = servedAtMs === null ? null : servedAtMs - goodAtMs;
  return rounded({ accepts, recoveredMs, lost: recoveredMs === null ? 1 : 0 });
}
