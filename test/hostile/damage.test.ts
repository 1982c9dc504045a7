import { randomUUID } from 'node:crypto';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import {
  Break,
  constantBackoff,
  Continue,
  type ReconnectEmitted,
  type ReconnectOutput,
  run,
} from 'schmoozer';
import { lines, tcpConnector } from 'schmoozer/tcp';
import { webSocketConnector } from 'schmoozer/websocket';
import { beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { acceptFor } from '../support/acceptOf.js';
import { certificateFor, type Pem } from '../support/certificate.js';
import { chance, type Chance } from '../support/chance.js';
import { type Damage, damagingProxy, type DamagingProxy } from '../support/damagingProxy.js';
import { listening } from '../support/loopback.js';

/** With another number other bytes are damaged. */
const SEED = Number(process.env['SCHMOOZER_SEED'] ?? 20_261_127);
const UPGRADES = 3000;
const LINKS = 200;
const AT_ONCE = 20;
const backoff = constantBackoff(0);

let pem: Pem;
beforeAll(async () => {
  pem = await certificateFor('localhost');
});

/** One bit of one byte. */
const flipBit = (bytes: Buffer, random: Chance): Buffer => {
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length);
  copy[at] = (copy[at] as number) ^ (1 << random.below(8));
  return copy;
};
const randomly = (length: number, random: Chance) =>
  Buffer.from(Array.from({ length }, () => random.below(256)));
const PLAIN = Buffer.from('upstream connect error or disconnect/reset before headers\n');

/** What a box on the way does to bytes, whatever they mean. */
const damages = {
  'one flipped bit': (random): Damage => {
    let isDone = false;
    return (bytes) => {
      if (isDone) return bytes;
      isDone = true;
      return flipBit(bytes, random);
    };
  },
  'a flipped bit in each piece': (random) => (bytes) => flipBit(bytes, random),
  'plain text of a balancer': () => () => PLAIN,
  'plain text before them': () => (bytes) => Buffer.concat([PLAIN, bytes]),
  'random bytes': (random) => (bytes) => randomly(bytes.length, random),
  'a piece that is cut': (random) => (bytes) => bytes.subarray(random.below(bytes.length)),
} satisfies Record<string, (random: Chance) => Damage>;

const kinds = Object.keys(damages) as (keyof typeof damages)[];

const answerTo = (request: string, ...more: string[]) => {
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  return Buffer.from(
    `${[...head, `Sec-WebSocket-Accept: ${acceptFor(request)}`, ...more].join('\r\n')}\r\n\r\n`,
  );
};
const textFrame = (text: string) =>
  Buffer.concat([Buffer.of(0x81, text.length), Buffer.from(text)]);

/** Frames that `ws` refuses, or gives up. */
const frames = {
  'a frame that claims 1 GB': () => Buffer.of(0x82, 127, 0, 0, 0, 0, 0x40, 0, 0, 0),
  'too many fragments': () =>
    Buffer.concat([Buffer.of(1, 1, 0x61), Buffer.alloc(2 * 17_000, Buffer.of(0, 0))]),
  'text that is not UTF-8': (random) =>
    Buffer.of(0x81, 2, 0xc0 + random.below(64), random.below(128)),
  'an unknown opcode': (random) => Buffer.of(0x80 | (3 + random.below(5)), 0),
  'reserved bits': (random) => Buffer.of(0x81 | (0x10 << random.below(3)), 0),
  'a masked frame': (random) => Buffer.concat([Buffer.of(0x81, 0x81), randomly(5, random)]),
  'a close frame of one byte': (random) => Buffer.of(0x88, 1, random.below(256)),
  'a compressed frame that is none': (random) =>
    Buffer.concat([Buffer.of(0xc2, 20), randomly(20, random)]),
} satisfies Record<string, (random: Chance) => Buffer>;

type Kind =
  | 'valid'
  | 'flipped'
  | 'random'
  | 'plain'
  | 'cut'
  | 'header'
  | 'status'
  | 'body'
  | 'frame';

/** An answer to an upgrade as no server should give it. */
function damagedAnswer(kind: Kind, request: string, random: Chance): Buffer {
  const valid = answerTo(request);
  const text = valid.toString('latin1');
  switch (kind) {
    case 'valid':
      return valid;
    case 'flipped':
      return flipBit(valid, random);
    case 'random':
      return randomly(1 + random.below(300), random);
    case 'plain':
      return random.pick([PLAIN, Buffer.from('220 mail ESMTP\r\n'), Buffer.from('\r\n\r\n')]);
    case 'cut':
      return valid.subarray(0, random.below(valid.length));
    case 'header': {
      const header = random.pick([
        'Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
        'Sec-WebSocket-Protocol: never-offered',
        'Sec-WebSocket-Extensions: x-unheard-of',
        'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99',
        'Upgrade: h2c',
        'Content-Length: 5',
        'Transfer-Encoding: chunked',
        `X-Long: ${'x'.repeat(100_000)}`,
        'No colon',
        'Nul: \0',
      ]);
      return Buffer.from(text.replace('\r\n', `\r\n${header}\r\n`), 'latin1');
    }
    case 'status': {
      const status = random.pick([100, 102, 200, 204, 301, 302, 401, 403, 404, 500, 502, 999]);
      return Buffer.from(text.replace('101', String(status)), 'latin1');
    }
    case 'body': {
      const status = random.pick([200, 403, 404, 502]);
      const page = '<html>Sign in to this network</html>';
      return Buffer.from(`HTTP/1.1 ${status} x\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
    }
    case 'frame':
      return Buffer.concat([valid, random.pick(Object.values(frames))(random)]);
  }
}

/** Runs the links, some at a time, each to its end; answers what ended those that did not come to be well. */
async function endsOf(
  runLink: (id: string) => Promise<ReconnectOutput<string>>,
): Promise<unknown[]> {
  const bad: unknown[] = [];
  let left = LINKS;
  const worker = async () => {
    while (left-- > 0) {
      const end = await runLink(randomUUID()).catch((error: unknown) => error);
      if ((end as { value?: unknown }).value !== 'well') bad.push(end);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return bad;
}

describe('a WebSocket that has had a good session', () => {
  it(`goes on after ${UPGRADES} damaged answers to its upgrade`, async () => {
    const random = chance(SEED);
    const seen = { answers: 0, failed: 0, permanent: 0, opened: 0 };
    let first: Socket | undefined;
    const port = await listening(
      createTcpServer((socket) => {
        let request = '';
        socket.on('data', (bytes) => {
          if (request.includes('\r\n\r\n')) return;
          request += bytes.toString('latin1');
          if (!request.includes('\r\n\r\n')) return;
          if (first === undefined) {
            first = socket;
            socket.write(answerTo(request));
            return;
          }
          seen.answers += 1;
          if (seen.answers > UPGRADES) {
            socket.write(Buffer.concat([answerTo(request), textFrame('well')]));
            return;
          }
          const kind = random.pick<Kind>([
            'flipped',
            'random',
            'plain',
            'cut',
            'header',
            'status',
            'body',
            'frame',
          ]);
          socket.end(damagedAnswer(kind, request, random));
        });
      }),
    );
    const connector = webSocketConnector<string>({
      url: `ws://127.0.0.1:${port}/`,
      WebSocket,
      async run(session) {
        for await (const message of session) if (message === 'well') return Break('well');
        return Continue();
      },
    });
    const output = await run(connector, {
      backoff,
      stableAfterMs: 0,
      onEvent(event: ReconnectEmitted) {
        if (event.type === 'connection.stable' && event.epoch === 1) first?.resetAndDestroy();
        if (event.type === 'attempt.failed') seen.failed += 1;
        if (event.type === 'connection.opened') seen.opened += 1;
        if (event.type === 'retry.scheduled' && event.verdict === 'permanent') seen.permanent += 1;
      },
    });
    expect(output).toMatchObject({ status: 'completed', value: 'well' });
    expect(seen.answers).toBe(UPGRADES + 1);
    // All but the first and the last session, and those whose answer came through as one that is right.
    expect(seen.failed + seen.opened).toBe(UPGRADES + 2);
    expect(seen.failed).toBeGreaterThan(UPGRADES / 2);
    expect(seen.permanent).toBeGreaterThan(UPGRADES / 10);
  });
});

/** Where a box on the way begins to damage bytes: always after the handshake of TLS. */
interface Front {
  readonly proxy: DamagingProxy;
  /** Whether this is the first time that it is asked about the link: then its connection is to be damaged. */
  isFirst(id: string): boolean;
}

async function front(port: number): Promise<Front> {
  const known = new Set<string>();
  return {
    proxy: await damagingProxy(port),
    isFirst: (id) => !known.has(id) && Boolean(known.add(id)),
  };
}

const isFailure = (event: ReconnectEmitted) =>
  event.type === 'attempt.failed' ||
  (event.type === 'connection.closed' && event.error !== undefined);

describe.each(kinds)('%s after the handshake of TLS, and no good session before', (kind) => {
  it.each(['toClient', 'toServer'] as const)('ends no TLS link (%s)', async (direction) => {
    const random = chance(SEED);
    let way: Front;
    const server = createTlsServer(pem, (socket: TLSSocket) => {
      socket.on('error', () => {});
      socket.setEncoding('utf8').once('data', (hello: string) => {
        if (!way.isFirst(hello)) return void socket.write('{"isWell":true}\n');
        way.proxy.damage(socket.remotePort as number, damages[kind](random), direction);
        socket.end('{"isWell":false}\n');
      });
    });
    way = await front(await listening(server));
    const connector = (id: string) =>
      tcpConnector<string>({
        host: '127.0.0.1',
        port: way.proxy.port,
        tls: { ca: pem.cert, servername: 'localhost' },
        async run(socket) {
          socket.write(id);
          for await (const line of lines(socket)) {
            if ((JSON.parse(line) as { isWell: boolean }).isWell) return Break('well');
            // The server has ended its side; what we say now is damaged on the way.
            socket.write('more\n');
          }
          return Continue();
        },
      });
    expect(await endsOf((id) => run(connector(id), { backoff }))).toEqual([]);
  });

  it('ends no WebSocket link, be it in the upgrade or in a message', async () => {
    const random = chance(SEED);
    const proxy = await secureServer({
      damaged(socket, request, way) {
        const isEarly = random.below(2) === 0;
        const damage = () =>
          way.damage(socket.remotePort as number, damages[kind](random), 'toClient');
        if (isEarly) damage();
        socket.write(answerTo(request));
        if (!isEarly) damage();
        socket.end(textFrame('damaged'));
      },
    });
    const { bad, failures } = await secureLinks(proxy.port);
    expect(bad).toEqual([]);
    expect(failures).toBeGreaterThan(LINKS / 4);
  });
});

describe('bytes that are wrong within TLS, and no good session before', () => {
  it.each(['flipped', 'random', 'plain', 'cut', 'header'] as const)(
    'an answer to the upgrade that is %s ends no link',
    async (kind) => {
      const random = chance(SEED);
      const proxy = await secureServer({
        damaged: (socket, request) => socket.end(damagedAnswer(kind, request, random)),
      });
      const { bad, failures } = await secureLinks(proxy.port);
      expect(bad).toEqual([]);
      expect(failures).toBeGreaterThan(LINKS / 4);
    },
  );

  it.each(Object.keys(frames) as (keyof typeof frames)[])('%s ends no link', async (name) => {
    const random = chance(SEED);
    const proxy = await secureServer({
      damaged(socket, request) {
        const isCompressed = name === 'a compressed frame that is none';
        const more = isCompressed ? ['Sec-WebSocket-Extensions: permessage-deflate'] : [];
        socket.end(Buffer.concat([answerTo(request, ...more), frames[name](random)]));
      },
    });
    const { bad, failures } = await secureLinks(proxy.port);
    expect(bad).toEqual([]);
    expect(failures).toBe(LINKS);
  });
});

/** A server for WebSockets over TLS, behind a box: the first connection of each link is as told, the next ones are well. */
async function secureServer(options: {
  damaged: (socket: TLSSocket, request: string, proxy: DamagingProxy) => void;
}): Promise<DamagingProxy> {
  let way: Front;
  const server = createHttpsServer(pem);
  server.on('upgrade', ({ url, headers }, socket: TLSSocket) => {
    socket.on('error', () => {});
    const request = `Sec-WebSocket-Key: ${headers['sec-websocket-key']}\r\n`;
    if (way.isFirst(url as string)) return options.damaged(socket, request, way.proxy);
    socket.write(Buffer.concat([answerTo(request), textFrame('well')]));
  });
  way = await front(await listening(server));
  return way.proxy;
}

/** Links with such a server, each to its end; and how many of them met something wrong. */
async function secureLinks(port: number): Promise<{ bad: unknown[]; failures: number }> {
  const failed = new Set<string>();
  const bad = await endsOf((id) => {
    const connector = webSocketConnector<string>({
      url: `wss://localhost:${port}/${id}`,
      WebSocket,
      // The server does not answer a close.
      closeTimeoutMs: 0,
      socketOptions: { ca: pem.cert },
      async run(session) {
        for await (const message of session) if (message === 'well') return Break('well');
        return Continue();
      },
    });
    return run(connector, {
      backoff,
      onEvent(event: ReconnectEmitted) {
        if (isFailure(event)) failed.add(id);
      },
    });
  });
  return { bad, failures: failed.size };
}
