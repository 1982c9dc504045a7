// Two per cent of the memory are left: links live on with them; a process that has none is ended by V8, and its outbox has all of it.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { outbox } from 'schmoozer/outbox';
import { fileStore } from 'schmoozer/outbox-file';
import { Servers } from '../chaos/servers.js';
import { holds, none, type Row, say } from './rows.js';
import type { Report } from './stopped.js';

const HEAP_MB = 256;
const DROPS = 20;

say([...(await little()), ...(await nothing())]);
setTimeout(() => process.exit(), 100);

/** All connections are lost again and again, while 98 % of the heap are taken. */
async function little(): Promise<Row[]> {
  const servers = new Servers();
  const { tcp, ws } = await servers.listen();
  const child = start('stopped.ts', [`${tcp}`, `${ws}`, `${HEAP_MB}`]);
  const exit = once(child, 'exit');
  await once(child, 'message');
  child.send('crowd');
  const [used] = (await once(child, 'message')) as [number];
  for (let drop = 0; drop < DROPS; drop += 1) {
    servers.drop();
    await delay(500);
  }
  child.send('finish');
  const title = '2 % of the memory left';
  const reported = once(child, 'message') as Promise<[Report]>;
  const [report] = await Promise.race([reported, exit.then(() => [undefined])]);
  if (report === undefined) return [holds(`${title}: the process lives on`, false)];
  const { disorder, received } = servers.report(() => false);
  const lost = report.added.filter(([link, added]) => received[link]?.length !== added).length;
  return [
    holds(`${title}: taken`, used >= 0.978, `${(used * 100).toFixed(1)} %`),
    none(`${title}: links that are not back, of 40`, 40 - report.online),
    holds(`${title}: back within 10 s`, report.backMs < 10_000, `${Math.round(report.backMs)} ms`),
    none(`${title}: links that ended`, report.ended),
    none(`${title}: lines out of order`, disorder.length + report.disorder),
    none(`${title}: outboxes that lost a message, of ${report.added.length}`, lost),
  ];
}

/** The process adds messages to an outbox in a file until it has no memory. */
async function nothing(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'schmoozer-soak-'));
  const [path, said] = [join(folder, 'box'), join(folder, 'said')];
  const child = start('hungry.ts', [path, said], 'ignore');
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  // One byte for each message whose `add` has resolved.
  const added = (await readFile(said)).length;
  const sent: number[] = [];
  const box = outbox<number, object>({
    store: fileStore({ path }),
    maxItems: 1_000_000,
    send: (_connection, message) => void sent.push(message),
  });
  await box.ready();
  const held = box.stats().items;
  const stop = new AbortController();
  const delivered = box.deliver({}, { signal: stop.signal });
  await box.drained({ signal: AbortSignal.timeout(60_000) });
  stop.abort();
  await delivered;
  await box.close();
  await rm(folder, { recursive: true });
  const title = 'no memory left';
  return [
    holds(
      `${title}: V8 ends the process`,
      code === 134 || signal === 'SIGABRT',
      `${code ?? signal}`,
    ),
    holds(`${title}: messages were added before`, added > 0, String(added)),
    none(`${title}: messages that were added, and are lost`, Math.max(0, added - held)),
    none(
      `${title}: messages out of order`,
      sent.filter((message, index) => message !== index).length,
    ),
  ];
}

function start(
  file: string,
  args: string[],
  stderr: 'inherit' | 'ignore' = 'inherit',
): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: [`--max-old-space-size=${HEAP_MB}`, '--expose-gc', '--import', 'tsx'],
    stdio: ['ignore', 'inherit', stderr, 'ipc'],
  });
}
