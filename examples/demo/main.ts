// npm run demo                          a server that misbehaves, a client that lives through it
// npm run demo -- --host H --port P     the same client and a server of yours, until Ctrl-C
// npm run demo -- --inspect             either of them in a live picture
import {
  createReconnectActor,
  exponentialBackoff,
  type ReconnectActor,
  type ReconnectActorOptions,
} from 'schmoozer';
import { parseArgs } from 'node:util';
import { lineClient, type LineClientOptions } from './client.js';
import { type Inspection, startInspection } from './inspection.js';
import { colors, narrate, plural, tell, tellPhase } from './narrator.js';
import { keepRecord, type Record, recordLine } from './record.js';
import { startServer } from './serverProcess.js';
import { countLeftovers, summarize } from './summary.js';

const { bold, cyan, dim } = colors;

const { values } = parseArgs({
  options: {
    host: { type: 'string' },
    port: { type: 'string' },
    inspect: { type: 'boolean', default: false },
    // Makes the server hold back N lines: the demo must notice, and exit with 1.
    swallow: { type: 'string', default: '0' },
  },
});

/** The story takes ten seconds; if it hangs, the missing phases show where. */
const DEADLINE_MS = 18_000;

const isOwnServer = values.host === undefined && values.port === undefined;
const inspection = values.inspect ? await startInspection() : undefined;
await inspection?.pageOpened();
process.exitCode = isOwnServer
  ? await liveThroughAll(inspection)
  : await talkTo(inspection, values.host, values.port);
await inspection?.close();

/**
 * Runs the whole story in ten seconds, with short waits; the defaults are made for production. Ctrl-C ends it early,
 * with exit code 130.
 */
async function liveThroughAll(seen: Inspection | undefined): Promise<number> {
  console.log(`${bold('schmoozer')} ${dim('· a server that misbehaves, a client that lives on')}`);
  const server = await startServer({ swallow: values.swallow, onPhase: tellPhase });
  const { actor, record } = createClient(
    { host: '127.0.0.1', port: server.port, silenceMs: 800, onLine: () => {} },
    {
      backoff: exponentialBackoff({ baseMs: 200, maxMs: 900, jitter: 'equal' }),
      connectTimeoutMs: 2000,
      stableAfterMs: 900,
      ...(seen && { inspect: seen.inspect }),
    },
  );
  const noLonger = stopOnInterrupt(actor);
  const watchdog = setTimeout(() => actor.send({ type: 'stop', reason: 'too late' }), DEADLINE_MS);
  await ended(actor);
  clearTimeout(watchdog);
  noLonger();
  await seen?.leave();
  if (record.output?.status === 'stopped' && record.output.reason === 'SIGINT') {
    await server.close();
    return 130;
  }
  const left = countLeftovers();
  const isGood = summarize(record, await server.report(), left);
  await server.close();
  return isGood ? 0 : 1;
}

/** Runs until Ctrl-C, which ends it gracefully with exit code 0; a second one exits at once, with 130. */
async function talkTo(
  seen: Inspection | undefined,
  host = '127.0.0.1',
  port = '',
): Promise<number> {
  const { actor, record } = createClient(
    {
      host,
      port: Number(port),
      silenceMs: 0,
      onLine: (line) => tell(cyan('│ line      '), line),
    },
    { gracePeriodMs: 2000, ...(seen && { inspect: seen.inspect }) },
  );
  const noLonger = stopOnInterrupt(actor);
  console.log(`${bold('schmoozer')} ${dim(`· ${host}:${port} · Ctrl-C stops`)}`);
  await ended(actor);
  noLonger();
  await seen?.leave();
  const { attempts, sessions, lines } = record;
  const counts = [plural(attempts, 'attempt'), plural(sessions.length, 'session')];
  console.log(`\n${counts.join(', ')}, ${plural(lines.length, 'line')}`);
  return record.output?.status === 'failed' ? 1 : 0;
}

function createClient(
  client: LineClientOptions,
  options: ReconnectActorOptions,
): { actor: ReconnectActor<string>; record: Record } {
  const onLine = (line: string) => {
    recordLine(record, line);
    client.onLine(line);
  };
  const actor = createReconnectActor(lineClient({ ...client, onLine }), options);
  const record = keepRecord(actor);
  narrate(actor);
  return { actor, record };
}

/** Starts the actor; resolves when it has stopped. */
function ended(actor: ReconnectActor<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    actor.subscribe({ complete: resolve, error: reject });
    actor.start();
  });
}

/** Returns a function that restores the default behaviour of Ctrl-C. */
function stopOnInterrupt(actor: ReconnectActor<string>): () => void {
  let interrupts = 0;
  const onInterrupt = () => {
    interrupts += 1;
    if (interrupts > 1) process.exit(130);
    actor.send({ type: 'stop', reason: 'SIGINT' });
  };
  process.on('SIGINT', onInterrupt);
  return () => process.off('SIGINT', onInterrupt);
}
