// More links than the process may have files: the others wait, and come up when there is room. Started by main.ts with `ulimit -n`.
import { setTimeout as delay } from 'node:timers/promises';
import { exponentialBackoff } from 'schmoozer';
import { closed, tcpConnector } from 'schmoozer/tcp';
import { Continue } from 'schmoozer';
import { engines, linkOf } from './engines.js';
import { holds, none, say } from './rows.js';

const [port] = process.argv.slice(2).map(Number) as [number];
const codes = new Set<unknown>();
const links = Array.from({ length: 100 }, (_, number) =>
  linkOf(
    engines[number % 2] as (typeof engines)[number],
    tcpConnector({
      host: '127.0.0.1',
      port,
      isRetryable(error) {
        codes.add((error as { code?: unknown }).code);
        return undefined;
      },
      async run(socket) {
        socket.resume();
        await closed(socket);
        return Continue();
      },
    }),
    { backoff: exponentialBackoff({ baseMs: 50, maxMs: 500 }) },
  ),
);
for (const link of links) link.start();
const isOnline = (link: (typeof links)[number]) => link.getSnapshot().hasTag('online');
await delay(3000);
const crowded = links.filter(isOnline);
for (const link of crowded.slice(0, 30)) link.send({ type: 'stop' });
const active = () => links.filter((link) => link.getSnapshot().status === 'active');
const room = crowded.length;
for (
  let wait = 0;
  wait < 1000 && active().filter(isOnline).length < Math.min(room, 70);
  wait += 1
) {
  await delay(10);
}
say([
  holds('too many files: some links wait', crowded.length < 100, `${crowded.length} of 100 online`),
  holds('too many files: the reason is EMFILE', codes.has('EMFILE'), [...codes].join(', ')),
  none('too many files: links that ended', 70 - active().length),
  none(
    'too many files: links that wait though there is room',
    Math.max(0, Math.min(room, 70) - active().filter(isOnline).length),
  ),
]);
setTimeout(() => process.exit(), 100);
