// Postgres LISTEN that stays connected. POSTGRES_URL=… tsx examples/postgres-listen.ts orders "Order Items"
import { readFile } from 'node:fs/promises';
import { postgresListener } from '@schmoozer/postgres';
import { run } from 'schmoozer';

const { POSTGRES_URL, POSTGRES_CA, POSTGRES_PASSWORD_FILE } = process.env;
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const listener = postgresListener({
  ...(POSTGRES_URL && { url: POSTGRES_URL }), // default: PGHOST and the like
  channels: process.argv.slice(2),
  // Read at each attempt, so that the password may change; it overrides the one in the URL.
  ...(POSTGRES_PASSWORD_FILE && {
    login: async () => ({ password: (await readFile(POSTGRES_PASSWORD_FILE, 'utf8')).trim() }),
  }),
  ...(POSTGRES_CA && { tls: { ca: await readFile(POSTGRES_CA) } }),
  onSession: ({ epoch, gap }) =>
    console.log(`session ${epoch}${gap ? ': notifications may have been missed' : ''}`),
  onMessage: ({ channel, payload }) => console.log(`${channel}: ${payload}`),
});

await run(listener, {
  signal: stop.signal,
  onEvent(event) {
    if (event.type !== 'retry.scheduled') return;
    console.error(`again in ${Math.round(event.delayMs)} ms: ${String(event.error)}`);
  },
});
