import { on } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DROPS, type Phase, STEADY_LINES } from './phases.js';

/** The messages of the server to the process that started it. */
export type ServerMessage =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'report'; readonly report: ServerReport };

export interface ServerReport {
  readonly accepted: number;
  /** Connections that are still open. */
  readonly open: number;
  /** Every line that the server reports as sent. */
  readonly sent: readonly string[];
}

const LINE_EVERY_MS = 80;
const SETTLE_MS = 1000;

const { values } = parseArgs({ options: { swallow: { type: 'string', default: '0' } } });
/** Lines that are reported as sent but are not: shows that the demo notices. */
let toSwallow = Number(values.swallow);

const tell = (message: ServerMessage) => process.send?.(message);
const enter = (phase: Phase) => tell({ type: 'phase', phase });

const server = createServer();
const connections = on(server, 'connection');
const open = new Set<Socket>();
const sent: string[] = [];
let accepted = 0;

server.on('connection', (socket: Socket) => {
  accepted += 1;
  open.add(socket);
  // A client that resets must not end the server.
  socket.on('error', () => {});
  socket.on('close', () => open.delete(socket));
  socket.resume();
});

// The parent requests the report at the end, and disconnects when it has it.
process.on('message', () => void report());
process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal reaches both processes; the parent decides.
process.on('SIGINT', () => {});

await listen(0);
const { port } = server.address() as AddressInfo;
await close();

enter('refuse');
tell({ type: 'listening', port });
await sleep(1200);

await listen(port);
enter('drop');
for (let i = 0; i < DROPS; i++) {
  const socket = await accept();
  if (i % 2 === 0) socket.resetAndDestroy();
  else socket.end();
}

enter('silence');
await sendLines(await accept(), 'before the silence', 2);

const guest = await accept();
enter('restart');
await sendLines(guest, 'before the restart', 18);
guest.end();
await close();
await sleep(500);

await listen(port);
const friend = await accept();
enter('steady');
await sendLines(friend, 'steady', STEADY_LINES);
enter('goodbye');
friend.end('goodbye\n');

async function sendLines(socket: Socket, topic: string, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) {
    const line = `${topic} ${i}/${count}`;
    sent.push(line);
    if (toSwallow > 0) toSwallow -= 1;
    else socket.write(`${line}\n`);
    await sleep(LINE_EVERY_MS);
  }
}

async function accept(): Promise<Socket> {
  const { value } = await connections.next();
  return value[0] as Socket;
}

function listen(onPort: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(onPort, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Resolves when the port is free, after the last connection has closed. */
function close(): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** Reports the counts after a delay, because the ends of connections may not have arrived yet. */
async function report(): Promise<void> {
  const deadline = performance.now() + SETTLE_MS;
  while (open.size > 0 && performance.now() < deadline) await sleep(10);
  tell({ type: 'report', report: { accepted, open: open.size, sent } });
}
