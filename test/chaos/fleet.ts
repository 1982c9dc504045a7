import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Connector,
  Continue,
  createReconnectActor,
  exponentialBackoff,
  type RunContext,
} from 'schmoozer';
import { createReconnectActor as createCompiledActor } from 'schmoozer/compiled';
import { connectLimiter, fixedPace } from 'schmoozer/limiter';
import { type Outbox, outbox } from 'schmoozer/outbox';
import { lines, tcpConnector } from 'schmoozer/tcp';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket } from 'ws';
import { type Chance, chance } from '../support/chance.js';
import { MAX_DELAY_MS, SILENCE_MS } from './bounds.js';
import { opened, sealed } from './lines.js';
import { now, type SessionRecord, traits } from './records.js';

/** What the links of both engines have. */
interface Actor {
  start(): unknown;
  send(event: { type: 'stop' }): void;
  getSnapshot(): { readonly status: string; readonly output?: unknown };
  subscribe(observer: {
    next(snapshot: { hasTag(tag: 'online'): boolean }): void;
    complete(): void;
  }): unknown;
}

/** A connection, of either kind. */
interface Line {
  send(line: string): unknown;
  readonly incoming: AsyncIterable<string>;
}

/** One link, and what is known of it. */
export interface Link {
  readonly number: number;
  readonly box: Outbox<number, Line> | undefined;
  /** How many messages were added to its outbox. */
  readonly added: number;
  isOnline(): boolean;
  /** When the last line came in that was to come. */
  lastEchoAt(): number;
  isDone(): boolean;
  /** Adds no more messages to its outbox. */
  rest(): void;
  stop(): void;
}

export interface FleetListener {
  session(record: SessionRecord): void;
  /** A line out of order or twice, or one that was damaged. */
  disorder(link: number, at: number, text: string): void;
  /** A link that ended before it was stopped. */
  ended(link: number, output: unknown): void;
}

const limiter = connectLimiter({ pace: fixedPace({ perSecond: 500, burst: 50 }) });

/** A link to a port of the network. */
export function startLink(
  number: number,
  port: number,
  seed: number,
  listener: FleetListener,
): Link {
  const { kind, engine, isLimited, hasOutbox, isSlow, hasName } = traits(number);
  let lastEchoAt = 0;
  let added = 0;
  let isStopped = false;
  let ownPort: number | undefined;

  const box = hasOutbox
    ? outbox({
        ack: 'each',
        key: String,
        maxItems: 100_000,
        send: (line: Line, message: number) => line.send(sealed(`o ${number} ${message}`)),
      })
    : undefined;
  const ticker = box && setInterval(() => void box.add(added++).catch(() => {}), 500);

  const talk = async (line: Line, { signal, epoch }: RunContext) => {
    let sent = 0;
    let heard = 0;
    const say = () => line.send(`${number} ${epoch} ${sent++}`);
    say();
    const beat = setInterval(say, 1000);
    try {
      for await (const text of line.incoming) {
        const acknowledged = opened(text)?.match(/^a (\d+)$/)?.[1];
        if (box && acknowledged !== undefined) {
          box.ack(acknowledged);
          continue;
        }
        if (text !== `${heard} ${number} ${epoch} ${heard}`) {
          listener.disorder(number, now(), `${epoch} ${heard}: ${text.slice(0, 60)}`);
          throw new Error('a line that was not to come');
        }
        heard += 1;
        lastEchoAt = now();
        if (isSlow) await delay(3000, undefined, { signal });
      }
      return Continue();
    } finally {
      clearInterval(beat);
    }
  };
  const serve = box ? box.serve(talk) : talk;

  const connector =
    kind === 'tcp'
      ? overTcp(port, serve, hasName ? chance(seed ^ number) : undefined, (own) => (ownPort = own))
      : overWebSocket(port, serve);
  const options = {
    logger() {},
    backoff: exponentialBackoff({ maxMs: MAX_DELAY_MS }),
    // Shorter than any first connection: an answer that is damaged later ends no link.
    stableAfterMs: 500,
    ...(isLimited && { limiter, limiterKey: kind }),
  };
  const actor: Actor =
    engine === 'xstate'
      ? createReconnectActor<unknown, void>(connector as Connector<unknown>, options)
      : createCompiledActor<unknown, void>(connector as Connector<unknown>, options);
  let onAt: number | undefined;
  actor.subscribe({
    next(snapshot) {
      const isOnline = snapshot.hasTag('online');
      if (isOnline) onAt ??= now();
      else if (onAt !== undefined) {
        listener.session({ link: number, port: ownPort, onAt, offAt: now() });
        onAt = undefined;
      }
    },
    complete() {
      if (!isStopped) listener.ended(number, actor.getSnapshot().output);
    },
  });
  actor.start();
  return {
    number,
    box,
    get added() {
      return added;
    },
    isOnline: () => onAt !== undefined,
    lastEchoAt: () => lastEchoAt,
    isDone: () => actor.getSnapshot().status !== 'active',
    rest: () => clearInterval(ticker),
    stop() {
      isStopped = true;
      actor.send({ type: 'stop' });
    },
  };
}

type Serve = Connector<Line>['run'];

/** @param names chance for the answers of the resolver, if the link has a name in place of an address */
function overTcp(
  port: number,
  serve: Serve,
  names: Chance | undefined,
  onPort: (port: number | undefined) => void,
) {
  return tcpConnector({
    ...(names ? { host: 'peer.test', lookup: fickleLookup(names) } : { host: '127.0.0.1' }),
    port,
    noDelay: true,
    silenceMs: SILENCE_MS * 0.8,
    run(socket, context) {
      onPort(socket.localPort);
      const send = (text: string) => socket.writable && socket.write(`${text}\n`);
      return serve({ send, incoming: lines(socket, { signal: context.signal }) }, context);
    },
  });
}

function overWebSocket(port: number, serve: Serve) {
  return webSocketConnector({
    url: `ws://127.0.0.1:${port}/`,
    WebSocket,
    socketOptions: { perMessageDeflate: false },
    heartbeat: { intervalMs: SILENCE_MS / 2, timeoutMs: SILENCE_MS / 2 },
    run: (session, context) =>
      serve({ send: (text) => void session.send(text), incoming: textsOf(session) }, context),
  });
}

async function* textsOf(session: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const message of session) yield String(message);
}

/** Either address, now and then late, now and then none. */
function fickleLookup(own: Chance): LookupFunction {
  return (_name, options, callback) => {
    const dice = own.below(20);
    const failed = Object.assign(new Error('getaddrinfo ENOTFOUND peer.test'), {
      code: 'ENOTFOUND',
    });
    const address: LookupAddress =
      dice < 4 ? { address: '::1', family: 6 } : { address: '127.0.0.1', family: 4 };
    const answer = () => {
      if (dice > 17) return callback(failed, '', 4);
      if (options.all) return callback(null, [address]);
      callback(null, address.address, address.family);
    };
    if (dice === 10) setTimeout(answer, 2000);
    else setImmediate(answer);
  };
}
