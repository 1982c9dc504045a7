// A clock of the day that jumps by a day, both ways: no session may end, none may be late.
import { setTimeout as delay } from 'node:timers/promises';
import { Servers } from '../chaos/servers.js';
import { startLinks } from './direct.js';
import { holds, none, say } from './rows.js';

const servers = new Servers();
const { links, seen } = startLinks(40, await servers.listen());
const { now } = Date;
const allOnline = () => links.every((link) => link.isOnline());
for (let wait = 0; wait < 500 && !allOnline(); wait += 1) await delay(10);
const wereOnline = allOnline();
for (const jumpMs of [86_400_000, -86_400_000]) {
  Date.now = () => now() + jumpMs;
  // Longer than a heartbeat with its timeout.
  await delay(5000);
}
Date.now = now;
for (const link of links) link.rest();
for (const link of links) link.stop();
for (let wait = 0; wait < 500 && links.some((link) => !link.isDone()); wait += 1) await delay(10);
say([
  holds('a clock that jumps by a day: all are online', wereOnline),
  none('a clock that jumps by a day: sessions that ended before the stop', seen.ended),
  none(
    'a clock that jumps by a day: sessions beyond one for each link',
    seen.sessions.length - links.length,
  ),
]);
setTimeout(() => process.exit(), 100);
