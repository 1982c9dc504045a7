import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
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
  on(type: 'connection.stable', listener: () => void): unknown;
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
  /** When the echo of a line came in that was sent after `calm`; undefined until then. */
  readonly backAt: number | undefined;
  isDone(): boolean;
  /** The network behaves from now on, and so do names and `run`; sends a line. */
  calm(): void;
  /** Adds no more messages to its outbox. */
  rest(): void;
  stop(): void;
}

export interface FleetListener {
  /** Its first good session. */
  stable(link: number): void;
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
  const names = hasName ? fickleNames(chance(seed ^ number)) : undefined;
  let added = 0;
  let isStopped = false;
  let isCalm = false;
  let backAt: number | undefined;
  let ownPort: number | undefined;
  /** Ends a pause of `run`. */
  let goOn = () => {};
  /** Sends a line, and waits for its echo, or that of a later one. */
  let ask = () => {};

  /** How many messages each line has taken. */
  const sentOn = new WeakMap<Line, number>();
  const box = hasOutbox
    ? outbox({
        ack: 'each',
        key: String,
        maxItems: 100_000,
        send(line: Line, message: number) {
          const index = sentOn.get(line) ?? 0;
          sentOn.set(line, index + 1);
          return line.send(sealed(`o ${number} ${message} ${index}`));
        },
      })
    : undefined;
  const ticker = box && setInterval(() => void box.add(added++).catch(() => {}), 500);

  const talk = async (line: Line, context: RunContext) => {
    const { epoch } = context;
    let sent = 0;
    let heard = 0;
    let awaited = isCalm ? 0 : Infinity;
    const say = () => line.send(`${number} ${epoch} ${sent++}`);
    say();
    const beat = setInterval(say, 1000);
    ask = () => {
      awaited = sent;
      say();
    };
    if (isSlow) context.signal.addEventListener('abort', () => goOn());
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
        if (heard >= awaited) backAt ??= now();
        heard += 1;
        // Now and then it reads nothing, and catches up after that.
        if (isSlow && !isCalm && heard % 4 === 0) await pause();
      }
      return Continue();
    } finally {
      ask = () => {};
      clearInterval(beat);
    }
  };
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 3000);
      goOn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const serve = box ? box.serve(talk) : talk;

  const connector =
    kind === 'tcp'
      ? overTcp(port, serve, names?.lookup, (own) => (ownPort = own))
      : overWebSocket(port, serve);
  const options = {
    logger() {},
    backoff: exponentialBackoff({ baseMs: MAX_DELAY_MS, maxMs: MAX_DELAY_MS }),
    // Shorter than any first connection: an answer that is damaged later ends no link.
    stableAfterMs: 500,
    ...(isLimited && { limiter, limiterKey: kind }),
  };
  const actor: Actor =
    engine === 'xstate'
      ? createReconnectActor<unknown, void>(connector as Connector<unknown>, options)
      : createCompiledActor<unknown, void>(connector as Connector<unknown>, options);
  let onAt: number | undefined;
  let hasBeenStable = false;
  actor.on('connection.stable', () => {
    if (!hasBeenStable) listener.stable(number);
    hasBeenStable = true;
  });
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
    get backAt() {
      return backAt;
    },
    isDone: () => actor.getSnapshot().status !== 'active',
    calm() {
      isCalm = true;
      names?.calm();
      goOn();
      ask();
    },
    rest: () => clearInterval(ticker),
    stop() {
      isStopped = true;
      actor.send({ type: 'stop' });
    },
  };
}

type Serve = Connector<Line>['run'];

/** @param lookup of the name that the link has in place of an address */
function overTcp(
  port: number,
  serve: Serve,
  lookup: LookupFunction | undefined,
  onPort: (port: number | undefined) => void,
) {
  return tcpConnector({
    ...(lookup ? { host: 'peer.test', lookup } : { host: '127.0.0.1' }),
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

/** A name with either address, now and then late, now and then with none, until `calm`. */
function fickleNames(own: Chance): { lookup: LookupFunction; calm(): void } {
  const late = new Set<() => void>();
  let isCalm = false;
  return {
    lookup(_name, options, callback) {
      const dice = isCalm ? 19 : own.below(20);
      const address: LookupAddress =
        dice < 4 ? { address: '::1', family: 6 } : { address: '127.0.0.1', family: 4 };
      const answer = () => {
        if (dice === 17 || dice === 18) return callback(notFound(), '', 4);
        if (options.all) return callback(null, [address]);
        callback(null, address.address, address.family);
      };
      if (dice !== 10) return void setImmediate(answer);
      const timer = setTimeout(() => late.delete(answerLate) && answer(), 2000);
      const answerLate = () => {
        clearTimeout(timer);
        answer();
      };
      late.add(answerLate);
    },
    calm() {
      isCalm = true;
      for (const answerLate of late) answerLate();
      late.clear();
    },
  };
}

function notFound(): Error {
  return Object.assign(new Error('getaddrinfo ENOTFOUND peer.test'), { code: 'ENOTFOUND' });
}
