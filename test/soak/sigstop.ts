// A process that stands still for 30 s: all is back, nothing is lost.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Servers } from '../chaos/servers.js';
import { holds, none, say } from './rows.js';
import type { Report } from './stopped.js';

const [seconds] = process.argv.slice(2).map(Number) as [number];
const servers = new Servers();
const { tcp, ws } = await servers.listen();
const child = fork(fileURLToPath(new URL('stopped.ts', import.meta.url)), [`${tcp}`, `${ws}`]);
await once(child, 'message');
await delay(2000);
child.kill('SIGSTOP');
await delay(seconds * 1000);
child.kill('SIGCONT');
child.send('finish');
const [report] = (await once(child, 'message')) as [Report];
const { disorder, received } = servers.report(() => false);
const lost = report.added.filter(([link, added]) => received[link]?.length !== added).length;
const title = `a process that stands still for ${seconds} s`;
say([
  none(`${title}: links that are not back`, 40 - report.online),
  holds(`${title}: back within 10 s`, report.backMs < 10_000, `${Math.round(report.backMs)} ms`),
  none(`${title}: links that ended`, report.ended),
  none(`${title}: lines out of order`, disorder.length + report.disorder),
  none(`${title}: outboxes that lost a message, of ${report.added.length}`, lost),
]);
setTimeout(() => process.exit(), 100);
