import { once } from 'node:events';
import {
  type ClientRequest,
  createServer as createHttpServer,
  type IncomingMessage,
} from 'node:http';
import { Agent, createServer as createHttpsServer, get } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import {
  Break,
  type Connector,
  constantBackoff,
  Continue,
  createReconnectActor,
  InvalidOptionError,
} from 'schmoozer';
import {
  isRetryableWebSocketError,
  UpgradeRefusedError,
  webSocketConnector,
  type WebSocketConnectorOptions,
  WebSocketOpenError,
  type WebSocketSession,
} from 'schmoozer/websocket';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { nodeSide } from '../../../../src/connectors/websocket/nodeSide.js';
import { upgradeReasons } from '../../../../src/explain/webSocketReasons.js';
import { upgradeStatuses } from '../../../../src/connectors/websocket/upgradeStatuses.js';
import { attempts, firstAttempt } from '../../../support/attempt.js';
import { certificateFor } from '../../../support/certificate.js';
import { rowsOf } from '../../../support/documents.js';
import { fullServer } from '../../../support/fullServer.js';
import {
  closedPort,
  listenersOn,
  listening,
  openSockets,
  rejection,
} from '../../../support/loopback.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { until } from '../../../support/until.js';
import { answering, refusing, webSocketServer } from '../../../support/webSocketServer.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const run = async () => Break();
const make = (options: Partial<WebSocketConnectorOptions>) =>
  webSocketConnector({ url: 'ws://127.0.0.1:1', WebSocket, run, ...options });
const release = (connector: Connector<WebSocketSession>, session: WebSocketSession) =>
  connector.disconnect?.(session);

/** What one attempt rejects with; it leaves no listener on the signal. */
async function errorFrom(options: Partial<WebSocketConnectorOptions>): Promise<unknown> {
  const { attempt } = firstAttempt();
  const error = await rejection(make(options).connect(attempt));
  expect(listenersOn(attempt.signal)).toBe(0);
  return error;
}

describe.each([
  ['ws', WebSocket],
  ['a WebSocket as browsers have it', PlainWebSocket],
])('connect with %s', (_name, Class) => {
  it.each(attempts)(
    'resolves at open to a session, which knows its subprotocol, for $whose',
    async ({ makeAttempt }) => {
      const { url, gone, closes } = await webSocketServer(undefined, {
        handleProtocols: (offered) => [...offered][1] ?? false,
      });
      const connector = make({ url, protocols: ['a', 'b'], WebSocket: Class });
      const { attempt, listeners } = makeAttempt();
      const session = await connector.connect(attempt);
      expect([session.protocol, session.bufferedAmount]).toEqual(['b', 0]);
      expect(listeners()).toBe(0);
      await release(connector, session);
      await gone();
      expect(closes).toEqual([[1000, '']]);
    },
  );

  it.each(attempts)(
    'is closed at once by an abort while the server keeps silent, for $whose',
    async ({ makeAttempt }) => {
      const server = createServer();
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const url = `ws://127.0.0.1:${await listening(server)}`;
      const before = openSockets();
      const { attempt, abort, listeners } = makeAttempt();
      const error = rejection(make({ url, WebSocket: Class }).connect(attempt));
      const [socket] = await accepted;
      await once(socket, 'data');
      const gone = once(socket, 'close');
      const reason = new Error('stop');
      abort(reason);
      expect(await error).toBe(reason);
      expect(listeners()).toBe(0);
      await gone;
      expect(openSockets()).toBe(before);
    },
  );

  it.each(attempts)(
    'is closed at once by an abort while TCP is not connected, for $whose',
    async ({ makeAttempt }) => {
      const url = `ws://127.0.0.1:${await fullServer()}`;
      const before = openSockets();
      const { attempt, abort } = makeAttempt();
      const error = rejection(make({ url, WebSocket: Class }).connect(attempt));
      await new Promise(setImmediate);
      abort('stop');
      expect(await error).toBe('stop');
      await new Promise(setImmediate);
      expect(openSockets()).toBe(before);
    },
  );

  it.each(attempts)(
    'opens nothing when it was aborted before, for $whose',
    async ({ makeAttempt }) => {
      const { attempt, abort } = makeAttempt();
      abort('stop');
      const opened: unknown[] = [];
      class Counted extends (Class as typeof PlainWebSocket) {
        constructor(url: string, protocols: string[]) {
          super(url, protocols);
          opened.push(url);
        }
      }
      const connector = make({ WebSocket: Counted, url: 'ws://127.0.0.1:1' });
      expect(await rejection(connector.connect(attempt))).toBe('stop');
      expect(opened).toEqual([]);
    },
  );

  it('rejects when nobody listens: retryable', async () => {
    const url = `ws://127.0.0.1:${await closedPort()}`;
    const error = await errorFrom({ url, WebSocket: Class });
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(isRetryableWebSocketError(error)).toBe(true);
  });

  it('rejects when the server hangs up within the handshake: retryable', async () => {
    const url = `ws://127.0.0.1:${await listening(createServer((socket) => socket.end()))}`;
    const error = await errorFrom({ url, WebSocket: Class });
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(isRetryableWebSocketError(error)).toBe(true);
  });

  it.each([
    ['greets in another protocol', () => createServer((socket) => socket.end('220 welcome\r\n'))],
    ['echoes', () => createServer((socket) => socket.pipe(socket))],
  ])('rejects a server that %s: fatal', async (_what, server: () => Server) => {
    const error = await errorFrom({
      url: `ws://127.0.0.1:${await listening(server())}`,
      WebSocket: Class,
    });
    expect(error).toMatchObject({ code: expect.stringMatching(/^HPE_/) });
    expect(isRetryableWebSocketError(error)).toBe(false);
  });
});

describe('url, protocols and socketOptions as functions', () => {
  it('are asked at each attempt, also asynchronously', async () => {
    const requests: unknown[] = [];
    const { url, server } = await webSocketServer();
    server.on('connection', (_socket, { url: path, headers }) =>
      requests.push([path, headers['sec-websocket-protocol'], headers['authorization']]),
    );
    const connector = make({
      url: async ({ attempt }) => new URL(`?token=${attempt}`, url),
      protocols: ({ attempt }) => `v${attempt}`,
      socketOptions: async ({ attempt }) => ({ headers: { authorization: `Bearer ${attempt}` } }),
    });
    for (const attempt of [0, 1]) {
      const session = await connector.connect({ ...firstAttempt().attempt, attempt });
      await release(connector, session);
    }
    expect(requests).toEqual([
      ['/?token=0', 'v0', 'Bearer 0'],
      ['/?token=1', 'v1', 'Bearer 1'],
    ]);
  });

  it('reject with what they throw, and with what is wrong about their answers: fatal', async () => {
    const own = new Error('no token');
    const broken = () => {
      throw own;
    };
    expect(await errorFrom({ url: broken })).toBe(own);
    expect(await errorFrom({ protocols: () => Promise.reject(own) })).toBe(own);
    const wrong = [
      { url: () => 'http://x' },
      { protocols: () => 'a b' },
      { socketOptions: () => 'x' as never },
    ];
    for (const options of wrong) {
      const error = await errorFrom(options);
      expect(error).toBeInstanceOf(InvalidOptionError);
      expect(isRetryableWebSocketError(error)).toBe(false);
    }
  });

  it.each(attempts)(
    'open nothing when the answer comes after the abort, for $whose',
    async ({ makeAttempt }) => {
      const { url, accepted } = await webSocketServer();
      let answer = (_url: string) => {};
      const asked = new Promise<string>((resolve) => {
        answer = resolve;
      });
      const { attempt, abort, listeners } = makeAttempt();
      const error = rejection(make({ url: () => asked }).connect(attempt));
      abort('stop');
      expect(await error).toBe('stop');
      answer(url);
      await new Promise(setImmediate);
      expect([accepted.length, listeners()]).toEqual([0, 0]);
    },
  );
});

describe('an upgrade that is refused', () => {
  const reasonOf = (status: string) => upgradeReasons[status as keyof typeof upgradeReasons];

  it('is sorted by the table in docs/websocket.md', () => {
    const rows = rowsOf('docs/websocket.md', 'HTTP status');
    const table = Object.entries(upgradeStatuses).map(([status, verdict]) => [
      status,
      verdict,
      reasonOf(status),
    ]);
    const sorted = (cells: string[][]) => cells.map((row) => row.join(' | ')).toSorted();
    expect(sorted(rows)).toEqual(sorted(table));
  });

  it('has a reason for each verdict, and no other', () => {
    expect(Object.keys(upgradeReasons)).toEqual(Object.keys(upgradeStatuses));
    expect(Object.values(upgradeReasons)).not.toContain('');
  });

  const statuses = Object.entries(upgradeStatuses)
    .filter(([row]) => row !== '101')
    .map(([row, verdict]) => ({ status: Number(row.replace('xx', '18')), verdict }));
  it.each(statuses)('with $status is $verdict', async ({ status, verdict }) => {
    const before = openSockets();
    const url = await answering(`HTTP/1.1 ${status} Because`, 'Content-Length: 0');
    const error = await errorFrom({ url });
    expect(error).toBeInstanceOf(UpgradeRefusedError);
    expect(error).toMatchObject({ code: 'ERR_UPGRADE_REFUSED', statusCode: status });
    expect((error as Error).message).toMatch(
      new RegExp(
        `^ws://127\\.0\\.0\\.1:\\d+/path answered the WebSocket upgrade with HTTP ${status}$`,
      ),
    );
    expect(isRetryableWebSocketError(error)).toBe(verdict === 'transient');
    await expect.poll(openSockets, { timeout: 10_000 }).toBe(before);
  });

  describe.each(['404 Not Found', '403 Forbidden', '401 Unauthorized', '302 Found', '200 OK'])(
    'by one answer of a proxy, %s',
    (status) => {
      /** What a link sees until it ends: a session that has become good ends the connection, the second one ends the link. */
      async function link(...answers: (string | undefined)[]): Promise<unknown[]> {
        const url = await refusing(...answers);
        const sessions: WebSocketSession[] = [];
        const connector = make({
          url,
          async run(session) {
            if (sessions.push(session) === 2) return Break();
            for await (const message of session) expect.unreachable(String(message));
            return Continue();
          },
        });
        const options = { backoff: constantBackoff(0), stableAfterMs: 1 };
        const actor = createReconnectActor(connector, options);
        const seen: unknown[] = [];
        actor.on('retry.scheduled', ({ error, verdict }) => {
          if (error !== undefined) seen.push((error as UpgradeRefusedError).statusCode, verdict);
        });
        const ended = new Promise<void>((complete) => actor.subscribe({ complete }));
        actor.subscribe(({ context }) => {
          // A good session.
          if (context.downSinceMs === undefined) void sessions[0]?.send('good');
        });
        actor.start();
        await ended;
        return [...seen, actor.getSnapshot().output?.status];
      }

      it('is tried again after a good session, and somebody can be told', async () => {
        const code = Number(status.slice(0, 3));
        expect(await link(undefined, status)).toEqual([code, 'permanent', 'completed']);
      });

      it('ends a link that has had none', async () => {
        expect(await link(status)).toEqual(['failed']);
      });
    },
  );

  it('with a status of no class is retryable', () => {
    const odd = new UpgradeRefusedError('ws://h/', 799);
    expect(isRetryableWebSocketError(odd)).toBe(true);
    expect(odd.message).toBe('ws://h/ answered the WebSocket upgrade with HTTP 799');
  });

  it.each([
    ['429 Too Many Requests', 7000],
    ['503 Service Unavailable', 7000],
  ])('with %s and Retry-After sets a floor for the next delay', async (status, delayMs) => {
    const url = await answering(`HTTP/1.1 ${status}`, 'Retry-After: 7', 'Content-Length: 0');
    const error = await errorFrom({ url });
    expect(error).toMatchObject({ code: 'ERR_RETRYABLE', delayMs, cause: { retryAfterMs: 7000 } });
  });

  it('stays fatal, whatever its Retry-After', async () => {
    const url = await answering('HTTP/1.1 403 No', 'Retry-After: 7', 'Content-Length: 0');
    expect(await errorFrom({ url })).toBeInstanceOf(UpgradeRefusedError);
  });

  it('goes to the machine as it is when isRetryable throws', async () => {
    const url = await answering('HTTP/1.1 503 No', 'Retry-After: 7', 'Content-Length: 0');
    const isRetryable = () => {
      throw new Error('own mistake');
    };
    expect(await errorFrom({ url, isRetryable })).toBeInstanceOf(UpgradeRefusedError);
  });

  it.each([
    ['a key that does not fit', [], 'Invalid Sec-WebSocket-Accept header'],
    ['no upgrade to websocket', ['Upgrade: other'], 'Invalid Upgrade header'],
  ])('by 101 with %s: fatal', async (_what, headers, message) => {
    const upgrade = headers.length === 0 ? ['Upgrade: websocket'] : headers;
    const url = await answering('HTTP/1.1 101 Go', 'Connection: Upgrade', ...upgrade);
    const error = await errorFrom({ url });
    expect(error).toMatchObject({ statusCode: 101, cause: { message } });
    expect((error as Error).message).toContain(message);
    expect(isRetryableWebSocketError(error)).toBe(false);
  });

  it('because no subprotocol is common: fatal', async () => {
    const { url } = await webSocketServer(undefined, { handleProtocols: () => false });
    const error = await errorFrom({ url, protocols: 'a' });
    expect(error).toMatchObject({ statusCode: 101 });
    expect(isRetryableWebSocketError(error)).toBe(false);
  });
});

describe('a WebSocket that does not say why it did not open', () => {
  it('rejects with WebSocketOpenError: retryable', async () => {
    const url = await answering('HTTP/1.1 503 No', 'Content-Length: 0');
    const error = await errorFrom({ url, WebSocket: PlainWebSocket });
    expect(error).toBeInstanceOf(WebSocketOpenError);
    expect(error).toMatchObject({ code: 'ERR_WEBSOCKET_OPEN' });
    expect((error as Error).message).toMatch(
      /^the WebSocket to ws:\/\/127\.0\.0\.1:\d+\/path did not open: Unexpected server response: 503$/,
    );
    expect(isRetryableWebSocketError(error)).toBe(true);
    expect(new WebSocketOpenError('ws://h/').message).toBe('the WebSocket to ws://h/ did not open');
    expect(new WebSocketOpenError('ws://h/', new Error('')).message).toBe(
      'the WebSocket to ws://h/ did not open',
    );
  });
});

describe('what the class throws', () => {
  it.each(['SyntaxError', 'SecurityError'])('as a DOMException %s is fatal', async (name) => {
    const thrown = new DOMException('no', name);
    class Refusing extends PlainWebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        throw thrown;
      }
    }
    const url = `ws://127.0.0.1:${await closedPort()}`;
    expect(await errorFrom({ WebSocket: Refusing, url })).toBe(thrown);
    expect(isRetryableWebSocketError(thrown)).toBe(false);
  });

  it.each([[undefined], [null], ['text'], [new Error('own')]])('%o is retryable', (error) => {
    expect(isRetryableWebSocketError(error)).toBe(true);
  });
});

it('rejects with what each address of a name said when all of them refuse', async () => {
  const port = await closedPort();
  const lookup = (_host: string, _options: object, done: (...answer: unknown[]) => void) =>
    done(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
  const url = `ws://me:secret@name.test:${port}/path?secret`;
  const error = await errorFrom({ url, socketOptions: { lookup, autoSelectFamily: true } });
  expect(error).toBeInstanceOf(AggregateError);
  const said = `ECONNREFUSED 127.0.0.1:${port}; ECONNREFUSED ::1:${port}`;
  expect(error).toMatchObject({
    code: 'ECONNREFUSED',
    message: `connect to ws://name.test:${port}/path failed: ${said}`,
  });
  expect((error as Error).stack).toContain(`AggregateError: connect to ws://name.test:${port}`);
});

describe('connect over TLS', () => {
  let pem: Awaited<ReturnType<typeof certificateFor>>;
  beforeAll(async () => {
    pem = await certificateFor('localhost');
  });
  const server = () => webSocketServer(undefined, { http: createHttpsServer(pem), scheme: 'wss' });

  it('resolves when the certificate is trusted by socketOptions.ca', async () => {
    const { url, gone } = await server();
    const connector = make({ url, socketOptions: { ca: pem.cert } });
    await release(connector, await connector.connect(firstAttempt().attempt));
    await gone();
  });

  it('rejects a self-signed certificate that is not: fatal', async () => {
    const { url } = await server();
    const error = await errorFrom({ url });
    expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(isRetryableWebSocketError(error)).toBe(false);
  });

  it('rejects a server that does not speak TLS: fatal', async () => {
    const url = `wss://127.0.0.1:${await listening(createHttpServer())}`;
    expect(isRetryableWebSocketError(await errorFrom({ url }))).toBe(false);
  });

  /** A server that answers each upgrade with this once TLS is set up, and hangs up. */
  async function saying(answer: string): Promise<string> {
    const https = createHttpsServer(pem, (_request, response) => void response.end());
    https.on('upgrade', (_request, socket: Socket) => {
      socket.on('error', () => {});
      socket.end(answer);
    });
    return `wss://localhost:${await listening(https)}/`;
  }
  const head = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: none\r\n\r\n';

  it.each([
    ['bytes that are no HTTP', 'upstream connect error\r\n\r\n', 'HPE_INVALID_CONSTANT'],
    ['a 101 that does not fit', `HTTP/1.1 101 x\r\n${head}`, 'ERR_UPGRADE_REFUSED'],
    ['an answer that accepts and refuses', `HTTP/1.1 501 x\r\n${head}`, 'ERR_UPGRADE_REFUSED'],
  ])(
    'rejects %s as damage: transient, as something speaks TLS there',
    async (_what, answer, code) => {
      const error = await errorFrom({ url: await saying(answer), socketOptions: { ca: pem.cert } });
      expect(error).toMatchObject({ code });
      expect(isRetryableWebSocketError(error)).toBe(true);
    },
  );

  it('rejects a server that does not speak TLS, which another redirects to: fatal', async () => {
    const elsewhere = `wss://127.0.0.1:${await listening(createHttpServer())}/`;
    const url = await saying(`HTTP/1.1 307 x\r\nLocation: ${elsewhere}\r\n\r\n`);
    const socketOptions = { ca: pem.cert, followRedirects: true };
    const error = await errorFrom({ url, socketOptions });
    expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_SSL_|^EPROTO/) });
    expect(isRetryableWebSocketError(error)).toBe(false);
  });

  it('rejects bytes that are no HTTP as damage, too, on a socket that an agent has kept: transient', async () => {
    const url = await saying('upstream connect error\r\n\r\n');
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: pem.cert });
    onTestFinished(() => agent.destroy());
    const first = get(url.replace('wss', 'https'), { agent });
    const [response] = (await once(first, 'response')) as [IncomingMessage];
    await once(response.resume(), 'end');
    await until('the socket is free', () => Object.keys(agent.freeSockets).length === 1);
    const error = await errorFrom({ url, socketOptions: { agent } });
    expect(error).toMatchObject({ code: 'HPE_INVALID_CONSTANT' });
    expect(isRetryableWebSocketError(error)).toBe(true);
  });

  it('rejects an answer in order as it does without TLS', async () => {
    const url = await saying('HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n');
    const error = await errorFrom({ url, socketOptions: { ca: pem.cert } });
    expect(error).toMatchObject({ statusCode: 404 });
    expect(isRetryableWebSocketError(error)).toBe(false);
  });

  it('leaves the request to a `finishRequest` of the user', async () => {
    const finishRequest = vi.fn((request: ClientRequest) => {
      request.setHeader('Authorization', 'Bearer x');
      request.end();
    });
    const { url, server: accepting } = await server();
    const asked = once(accepting, 'connection');
    const connector = make({ url, socketOptions: { ca: pem.cert, finishRequest } });
    const session = await connector.connect(firstAttempt().attempt);
    const [, request] = (await asked) as [unknown, IncomingMessage];
    expect(request.headers.authorization).toBe('Bearer x');
    expect(finishRequest.mock.calls[0]?.[1 as never]).toBeInstanceOf(WebSocket);
    await release(connector, session);
  });
});

it('makes no error of why it did not open when a session ends that was open', async () => {
  const made = vi.spyOn(nodeSide, 'watchUpgrade');
  onTestFinished(() => made.mockRestore());
  const { url } = await webSocketServer();
  const connector = make({ url });
  const session = await connector.connect(firstAttempt().attempt);
  const upgrade = made.mock.results[0]?.value as ReturnType<typeof nodeSide.watchUpgrade>;
  const refusal = vi.spyOn(upgrade, 'errorFrom');
  await release(connector, session);
  expect(refusal).not.toHaveBeenCalled();
});
