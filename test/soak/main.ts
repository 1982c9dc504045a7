// Long lives, each in a process of its own: npm run soak, or npm run soak -- cycles load=2000 files
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isListening, urlOf } from '../support/services.js';
import { services } from './brokers.js';
import { engines } from './engines.js';
import type { Load } from './load.js';
import { none, ratio, type Row } from './rows.js';
import { servers } from './servers.js';

/** Some ten times what the longest part takes on a quiet machine. */
const DEADLINE_MS = 900_000;

/** @param count of what is made, in place of what is promised for */
type Part = (count?: string) => AsyncIterable<Row[]>;

const parts: Readonly<Record<string, Part>> = {
  async *cycles(count = '2000000') {
    for (const engine of engines) yield await rowsOf('cycles.ts', engine, count);
  },
  async *rate(count = '1000000') {
    for (const engine of engines) yield await rowsOf('rate.ts', engine, count);
  },
  async *sessions(count = '20000') {
    for (const kind of Object.keys(servers)) yield* sessionsOf(kind, count);
  },
  async *brokers(count = '20000') {
    for (const [kind, { name }] of Object.entries(services)) {
      if (await isListening(urlOf(name))) yield* sessionsOf(kind, count);
      else console.log(`skipped: ${kind}, nobody listens at ${urlOf(name).host}`);
    }
  },
  async *load(connections = '19500') {
    const bare = (await child('load.ts', ['bare', connections])) as Load;
    for (const engine of engines) {
      const own = (await child('load.ts', [engine, connections])) as Load;
      const title = `${connections} connections, ${engine}`;
      yield [
        none(`missing after all were dropped, ${title}`, Number(connections) - own.online),
        none(`sockets left, ${title}`, own.left),
        ratio(`up, ${title}`, own.upMs, bare.upMs, 1.3, 'ms'),
        ratio(`heap of each, ${title}`, own.heapKb, bare.heapKb, 1.3, 'kB'),
        ratio(`back, ${title}`, own.backMs, bare.backMs, 1.3, 'ms'),
        ratio(`longest block, ${title}`, own.blockMs, bare.blockMs, 1.3, 'ms'),
      ];
    }
  },
  async *clock() {
    yield await rowsOf('clock.ts');
  },
  async *sigstop() {
    yield await rowsOf('sigstop.ts', '30');
  },
  async *files() {
    const server = fork(fileURLToPath(new URL('loadServer.ts', import.meta.url)));
    const [{ ports }] = (await once(server, 'message')) as [{ ports: number[] }];
    yield (await child('emfile.ts', [String(ports[0])], { files: 80 })) as Row[];
    server.disconnect();
  },
  async *disk() {
    yield await rowsOf('disk.ts');
  },
  async *memory() {
    yield await rowsOf('memory.ts');
  },
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
let isOver = false;
for (const argument of names) {
  const [name, count] = argument.split('=') as [string, string?];
  const part = parts[name];
  if (part === undefined) throw new Error(`no part ${name}: ${Object.keys(parts).join(', ')}`);
  for await (const rows of part(count)) {
    for (const row of rows) {
      console.log(
        `${row.isOver ? 'OVER' : 'ok  '} ${row.what}: ${row.measured}, at most ${row.atMost}`,
      );
      isOver ||= row.isOver;
    }
  }
}
process.exitCode = isOver ? 1 : 0;

async function* sessionsOf(kind: string, count: string): AsyncGenerator<Row[]> {
  for (const engine of engines) yield await rowsOf('sessions.ts', kind, engine, count);
}

async function rowsOf(file: string, ...args: string[]): Promise<Row[]> {
  return (await child(file, args)) as Row[];
}

/** What a process has to say; it is an error to end without a word, or not to end. */
async function child(
  file: string,
  args: string[],
  { files }: { readonly files?: number } = {},
): Promise<unknown> {
  const options = ['--expose-gc', '--import', 'tsx'];
  const path = fileURLToPath(new URL(file, import.meta.url));
  const limit = files === undefined ? '' : `ulimit -n ${files}; `;
  const own = spawn(
    'sh',
    ['-c', `${limit}exec "$@"`, 'sh', process.execPath, ...options, path, ...args],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  let heard: { readonly message: unknown } | undefined;
  own.once('message', (message) => (heard = { message }));
  const deadline = setTimeout(() => own.kill('SIGKILL'), DEADLINE_MS);
  // The next one is not measured beside the end of this one; after `disconnect` no message comes any more.
  const [exit] = await Promise.all([once(own, 'exit'), once(own, 'disconnect')]);
  clearTimeout(deadline);
  if (heard === undefined)
    throw new Error(`${file} ${args.join(' ')} has ended with ${String(exit[0] ?? exit[1])}`);
  return heard.message;
}
