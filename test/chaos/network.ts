// The process beside the links: servers, and a network between that misbehaves by seed. Started by main.ts.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { chance } from '../support/chance.js';
import { reset } from '../support/loopback.js';
import { type Fault, planOf } from './faults.js';
import { watchCpu } from './cpu.js';
import { type ConnectionRecord, type FromNetwork, now, type ToNetwork, traits } from './records.js';
import { Servers } from './servers.js';

const [seed = 1, links = 1000] = process.argv.slice(2).map(Number);
/** Below the ports that the system gives to clients: a client that asks for a closed one would meet itself. */
const FIRST_PORT = 20_000;

const servers = new Servers();
const upstream = await servers.listen();
const connections: ConnectionRecord[] = [];
/** By the port from which the network spoke to a server. */
const byPort = new Map<number, ConnectionRecord[]>();
/** Links that have had a good session. */
const stable = new Set<number>();
/** For each open connection: what ends the fault that is going on. */
const soothers = new Set<() => void>();
const cpu = watchCpu();
let stopCpuMs = () => 0;
let isCalm = false;

const ports = await listenAll();
for (let group = 0; group < 10; group += 1) refuseNowAndThen(group);
say({ type: 'ready', ports: ports.map(({ port }) => port) });

process.on('message', (message: ToNetwork) => {
  if (message.type === 'stable') stable.add(message.link);
  if (message.type === 'calm') void calm();
  if (message.type === 'stop') stopCpuMs = cpu.spent();
  if (message.type === 'report') report();
});
process.once('disconnect', () => process.exit());

function say(message: FromNetwork): void {
  process.send?.(message);
}

/** Ends every fault, but for lines that are silent or broken already: a network does not mend those. */
async function calm(): Promise<void> {
  isCalm = true;
  for (const soothe of soothers) soothe();
  await Promise.all(ports.map(relisten));
  say({ type: 'calm', at: now() });
}

function report(): void {
  const isDamaged = (port: number) => byPort.get(port)?.some(({ damaged }) => damaged) ?? false;
  say({
    type: 'report',
    connections,
    servers: servers.report(isDamaged),
    keptWaitingMs: cpu.keptWaitingMs(),
    stopCpuMs: stopCpuMs(),
  });
}

interface Listener {
  readonly port: number;
  readonly servers: readonly Server[];
}

async function listenAll(): Promise<Listener[]> {
  const listeners: Listener[] = [];
  let port = FIRST_PORT;
  for (let link = 0; link < links; link += 1) {
    let nth = 0;
    const take = (client: Socket) => misbehave(client, link, nth++);
    const hosts = traits(link).hasName ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
    const own = hosts.map(() => createServer({ noDelay: true, allowHalfOpen: true }, take));
    for (let isFree = false; !isFree; port += 1) {
      isFree = await listenOn(own, hosts, port);
      if (isFree) listeners.push({ port, servers: own });
    }
  }
  return listeners;
}

async function listenOn(own: Server[], hosts: string[], port: number): Promise<boolean> {
  for (const [index, server] of own.entries()) {
    server.listen({ port, host: hosts[index], backlog: 64 });
    try {
      await once(server, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      for (const other of own) other.close();
      return false;
    }
  }
  return true;
}

/** A tenth of the links is refused for 1 to 4 s, again and again. */
function refuseNowAndThen(group: number): void {
  const own = chance(seed ^ Math.imul(group + 1, 0xc2b2_ae35));
  const members = ports.filter((_, index) => index % 10 === group);
  const wait = () => setTimeout(refuse, 5000 + own.below(20_000)).unref();
  const refuse = () => {
    if (isCalm) return;
    for (const server of members.flatMap((one) => one.servers)) server.close();
    const again = () => {
      void Promise.all(members.map(relisten));
      wait();
    };
    setTimeout(again, 1000 + own.below(3000)).unref();
  };
  wait();
}

async function relisten({ port, servers: own }: Listener): Promise<void> {
  for (const [index, server] of own.entries()) {
    if (server.listening) continue;
    server.listen({ port, host: index === 0 ? '127.0.0.1' : '::1', backlog: 64 });
    await once(server, 'listening');
  }
}

/** One connection of a client, and what becomes of it. */
function misbehave(client: Socket, link: number, nth: number): void {
  const plan = planOf(seed, link, nth);
  const own = plan.chance;
  const fault = isCalm ? 'none' : nth === 0 ? afterHandshake(plan.fault) : plan.fault;
  const record: ConnectionRecord = {
    link,
    fault,
    acceptedAt: now(),
    port: client.remotePort as number,
  };
  connections.push(record);
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, callback: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      callback();
    }, ms);
    timers.add(timer);
  };
  /** What is still to come when the network begins to behave does not come. */
  const laterUnlessCalm = (ms: number, callback: () => void) => {
    if (!isCalm) later(ms, () => isCalm || callback());
  };
  const gone = (how: NonNullable<ConnectionRecord['gone']>) => {
    if (record.goneAt !== undefined) return;
    record.goneAt = now();
    record.gone = how;
  };
  const soothing: (() => void)[] = [];
  const soothe = () => {
    for (const one of soothing) one();
  };
  soothers.add(soothe);
  let server: Socket | undefined;
  let isSilent = false;
  ignoreErrors(client);
  client.once('end', () => (record.leftAt ??= now()));
  client.once('close', () => {
    record.leftAt ??= now();
    gone('client');
    soothers.delete(soothe);
    for (const timer of timers) clearTimeout(timer);
    server?.destroy();
  });

  if (fault === 'acceptThenEnd') {
    gone('signalled');
    client.resume().end();
    return later(500, () => client.destroy());
  }
  if (fault === 'acceptThenReset') {
    gone('signalled');
    return reset(client);
  }

  const begin = () => {
    if (client.destroyed || server !== undefined) return;
    const to = connect({
      port: traits(link).kind === 'tcp' ? upstream.tcp : upstream.ws,
      host: '127.0.0.1',
      noDelay: true,
      allowHalfOpen: true,
    });
    server = to;
    ignoreErrors(to);
    to.once('connect', () => {
      const port = to.localPort as number;
      byPort.set(port, [...(byPort.get(port) ?? []), record]);
    });
    to.once('close', () => {
      if (isSilent) return;
      gone('signalled');
      client.end();
      later(1500, () => client.destroy());
    });
    forward(client, to);
    forward(to, client);
    const lifeMs = 1000 + own.below(30_000);
    const hangUp = () => {
      gone('signalled');
      reset(client);
    };
    const end = () => {
      gone('signalled');
      to.destroy();
      client.end();
    };
    if (fault === 'reset') laterUnlessCalm(lifeMs, hangUp);
    if (fault === 'end') laterUnlessCalm(lifeMs, end);
    // Without it all links would find such a line in the end, and the chaos would be over long before its time.
    if (fault === 'none') laterUnlessCalm(20_000 + own.below(120_000), end);
    if (fault === 'silence') {
      laterUnlessCalm(lifeMs, () => {
        isSilent = true;
        gone('silent');
        to.destroy();
        later(25_000, () => client.destroy());
      });
    }
    if (fault === 'damage') {
      // A quarter of them is damaged from the handshake on. Before its first good session a link may take that for an answer.
      const isEarly = own.below(4) === 0;
      laterUnlessCalm(isEarly ? 0 : lifeMs / 4, () => {
        if (stable.has(link)) record.damaged = true;
      });
    }
    if (['latency', 'dribble', 'narrow', 'damage'].includes(fault)) {
      laterUnlessCalm(10_000 + own.below(40_000), hangUp);
    }
  };
  function forward(from: Socket, to: Socket): void {
    /** What is under way, in order. */
    const late: Buffer[] = [];
    let lastAt = 0;
    const write = (bytes: Buffer) => !isSilent && to.writable && to.write(bytes);
    const writeLate = () => {
      const bytes = late.shift();
      if (bytes) write(bytes);
    };
    from.on('end', () => !isSilent && to.end());
    from.on('data', (bytes) => {
      if (isSilent) return;
      if (isCalm) return write(bytes);
      const piece = record.damaged && own.below(10) < 3 ? bitChanged(bytes) : bytes;
      if (fault === 'latency') {
        lastAt = Math.max(now() + 20 + own.below(280), lastAt);
        late.push(piece);
        // Whichever timer comes first: the order is kept.
        later(lastAt - now(), writeLate);
      } else if (fault === 'narrow') {
        from.pause();
        write(piece);
        later(piece.length / 0.4, () => from.resume());
      } else if (fault === 'dribble') {
        from.pause();
        for (let at = 0; at < piece.length; at += 1) late.push(piece.subarray(at, at + 1));
        dribble();
      } else {
        write(piece);
      }
    });
    const dribble = (): void => {
      writeLate();
      if (late.length === 0) return void from.resume();
      later(1, dribble);
    };
    soothing.push(() => {
      while (late.length > 0) writeLate();
      from.resume();
    });
  }

  function bitChanged(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    const index = own.below(copy.length);
    copy[index] = (copy[index] as number) ^ (1 << own.below(8));
    return copy;
  }

  if (fault !== 'slowAccept') return begin();
  client.pause();
  const accept = () => {
    client.resume();
    begin();
  };
  soothing.push(accept);
  later(1000 + own.below(7000), accept);
}

/** The first connection of a link comes up: an answer that no server gives would be taken for one of a wrong address. */
function afterHandshake(fault: Fault): Fault {
  return ['acceptThenEnd', 'acceptThenReset', 'slowAccept'].includes(fault) ? 'reset' : fault;
}

function ignoreErrors(socket: Socket): void {
  socket.on('error', () => {});
}
