import { generateKeyPairSync } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import {
  constantBackoff,
  type Connector,
  Continue,
  createReconnectActor,
  InvalidOptionError,
  limitAttempts,
} from 'schmoozer';
import { lines, tcpConnector, type TcpConnectorOptions } from 'schmoozer/tcp';
import {
  webSocketConnector,
  type WebSocketConnectorOptions,
  type WebSocketSession,
} from 'schmoozer/websocket';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { acceptOf } from '../../support/acceptOf.js';
import { certificateFor } from '../../support/certificate.js';
import { closedPort, listening } from '../../support/loopback.js';
import { PlainWebSocket } from '../../support/plainWebSocket.js';
import { webSocketServer } from '../../support/webSocketServer.js';

const SECRET = 'hunter2';
/** What is sent of the user and the password in the address. */
const BASIC = Buffer.from(`me:${SECRET}`).toString('base64');

/** All that an app may write into a log, or send to an inspector, while a connector fails: and all that it threw. */
async function everythingOf<TConnection>(
  connector: Connector<TConnection>,
  connectTimeoutMs: number,
): Promise<{ texts: string; errors: unknown[]; output: unknown }> {
  const texts: string[] = [];
  const errors: unknown[] = [];
  const keep = (value: unknown) =>
    void texts.push(inspect(value, { depth: 9 }), JSON.stringify(value) ?? '');
  const actor = createReconnectActor(connector, {
    backoff: limitAttempts(constantBackoff(1), 2),
    failFast: 'never',
    connectTimeoutMs,
    logger: keep,
    inspect: (event) => void texts.push(JSON.stringify(event)),
  });
  actor.on('*', (event) => {
    if ('error' in event && event.error !== undefined) {
      errors.push(event.error);
      const { message, stack } = event.error as Error;
      texts.push(message, String(stack));
    }
    keep(event);
  });
  actor.subscribe((snapshot) => {
    texts.push(JSON.stringify(snapshot), JSON.stringify(actor.getPersistedSnapshot()));
    texts.push(inspect(snapshot.context, { depth: 9 }));
  });
  await new Promise<void>((resolve) => {
    actor.subscribe({ complete: resolve, error: () => resolve() });
    actor.start();
  });
  const { output } = actor.getSnapshot();
  keep(output);
  return { texts: texts.join('\n'), errors, output: (output as { error?: unknown }).error };
}

function upgrade(answer: (key: string) => string): () => Promise<number> {
  return () => {
    const server = createHttpServer();
    server.on('upgrade', (request, socket) => {
      socket.on('error', () => {});
      socket.end(answer(String(request.headers['sec-websocket-key'])));
    });
    return listening(server);
  };
}

const redirect = (location: string) =>
  upgrade(() => `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
const rawServer = (onSocket: (socket: Socket) => void) => () => listening(createServer(onSocket));

type WebSocketCase = [
  name: string,
  code: string,
  server: () => Promise<number>,
  options?: Partial<WebSocketConnectorOptions>,
];

const session = (onSocket: Parameters<typeof webSocketServer>[0]) => async () =>
  Number(new URL((await webSocketServer(onSocket)).url).port);
const silent = session(() => {});
const readAll = async (messages: WebSocketSession) => {
  for await (const _ of messages);
  return Continue();
};

const webSocketCases: readonly WebSocketCase[] = [
  ['nobody listens', 'ECONNREFUSED', closedPort],
  ['a 401', 'ERR_UPGRADE_REFUSED', upgrade(() => 'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n')],
  ['a redirect', 'ERR_UPGRADE_REFUSED', redirect(`wss://me:${SECRET}@h/?${SECRET}`)],
  [
    'a redirect that is followed, to no URL',
    'ERR_WEBSOCKET_OPEN',
    redirect(`ws://[h?token=${SECRET}`),
    { socketOptions: { followRedirects: true } },
  ],
  [
    'a redirect that is followed, to no URL and without a scheme',
    'ERR_WEBSOCKET_OPEN',
    redirect(`//me:${SECRET}@[h/`),
    { socketOptions: { followRedirects: true } },
  ],
  [
    'a redirect that is followed, to another scheme',
    'ERR_WEBSOCKET_OPEN',
    redirect(`ftp://me:${SECRET}@h/?${SECRET}`),
    { socketOptions: { followRedirects: true } },
  ],
  [
    'a wrong key',
    'ERR_UPGRADE_REFUSED',
    upgrade(() => 'HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
  ],
  [
    'a wrong subprotocol',
    'ERR_UPGRADE_REFUSED',
    upgrade(
      (key) =>
        `HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\nSec-WebSocket-Protocol: other\r\n\r\n`,
    ),
  ],
  [
    'no HTTP',
    'HPE_INVALID_CONSTANT',
    rawServer((socket) => socket.end(`${SECRET} is no HTTP\r\n\r\n`)),
  ],
  ['a reset', 'ECONNRESET', rawServer((socket) => socket.resetAndDestroy())],
  ['silence', 'ERR_CONNECT_TIMEOUT', rawServer(() => {})],
  [
    'a header that cannot be',
    'ERR_INVALID_CHAR',
    silent,
    { socketOptions: { headers: { x: `${SECRET}\n` } } },
  ],
  [
    'an argument that Node refuses',
    'ERR_INVALID_ARG_TYPE',
    silent,
    { socketOptions: { handshakeTimeout: SECRET } },
  ],
  [
    'a close',
    'ERR_WEBSOCKET_CLOSED',
    session((socket) => socket.close(4000, `at ws://me:${SECRET}@h/`)),
  ],
  ['a loss', 'ERR_WEBSOCKET_CLOSED', session((socket) => socket.terminate())],
  [
    'a message that is too long',
    'ERR_WEBSOCKET_CLOSED',
    session((socket) => socket.send(SECRET.repeat(9))),
    { maxMessageBytes: 10 },
  ],
  [
    'a broken handshake',
    'ERR_TEST',
    silent,
    {
      handshake: () => Promise.reject(Object.assign(new Error('no'), { code: 'ERR_TEST' })),
    },
  ],
  [
    'data that cannot be sent',
    'ERR_INVALID_OPTION',
    silent,
    { run: async (socket) => (await socket.send({ password: SECRET } as never), Continue()) },
  ],
];

/** A time that nothing here takes, but where the time is what fails. */
const timeoutFor = (code: string) => (code === 'ERR_CONNECT_TIMEOUT' ? 20 : 20_000);

/** The lines with the secret. */
function leaks(texts: string): string[] {
  return texts.split('\n').filter((line) => line.includes(SECRET) || line.includes(BASIC));
}

const kinds = [
  ['ws', WebSocket, webSocketCases],
  // It takes no options, and says less.
  [
    'a plain class',
    PlainWebSocket,
    webSocketCases.filter(([, , , options]) => !options?.socketOptions),
  ],
] as const;

describe.each(kinds)('a WebSocket of %s shows no secret', (kind, Class, cases) => {
  it.each(cases)('after %s', async (_name, code, server, options) => {
    const port = await server();
    const connector = webSocketConnector({
      WebSocket: Class,
      protocols: [`token-${SECRET}`],
      socketOptions: { headers: { authorization: `Bearer ${SECRET}` } },
      run: readAll,
      ...options,
      url: async () => `ws://me:${SECRET}@127.0.0.1:${port}/path?token=${SECRET}`,
    });
    const { texts, errors } = await everythingOf(connector, timeoutFor(code));
    expect(errors.length).toBeGreaterThan(0);
    if (kind === 'ws') expect(errors).toContainEqual(expect.objectContaining({ code }));
    expect(leaks(texts)).toEqual([]);
  });
});

it('the secrets are sent: what is not shown is not only missing', async () => {
  const heads: string[] = [];
  const port = await listening(
    createServer((socket) => socket.on('data', (head) => (heads.push(String(head)), socket.end()))),
  );
  const connector = webSocketConnector({
    url: `ws://me:${SECRET}@127.0.0.1:${port}/path?token=${SECRET}`,
    WebSocket,
    run: readAll,
  });
  await everythingOf(connector, 20_000);
  expect(leaks(heads.join('')).length).toBeGreaterThan(1);
});

const certificate = certificateFor('elsewhere.example');
const tlsServer = async () =>
  listening(createTlsServer(await certificate, (socket) => void socket.on('error', () => {})));
/** The key is encrypted; Node says so only when it is used. */
const lockedKey = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: {
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'other',
    },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;

const tcpCases: readonly [
  name: string,
  code: string,
  server: () => Promise<number>,
  options?: Partial<TcpConnectorOptions>,
][] = [
  ['nobody listens', 'ECONNREFUSED', closedPort],
  ['a reset', 'ECONNRESET', rawServer((socket) => socket.resetAndDestroy())],
  ['an untrusted certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', tlsServer, { tls: true }],
  [
    'a certificate for another name',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    tlsServer,
    { tls: async () => ({ ca: (await certificate).cert, servername: 'localhost' }) },
  ],
  [
    'no TLS',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    rawServer((socket) => socket.end(`${SECRET} is no TLS\r\n\r\n`)),
    { tls: { passphrase: SECRET } },
  ],
  [
    'a wrong passphrase',
    'ERR_OSSL_BAD_DECRYPT',
    tlsServer,
    { tls: () => ({ key: lockedKey(), passphrase: SECRET }) },
  ],
  [
    'a passphrase that is no text',
    'ERR_INVALID_ARG_TYPE',
    tlsServer,
    { tls: () => ({ key: lockedKey(), passphrase: [SECRET] as never }) },
  ],
  ['silence', 'ERR_CONNECT_TIMEOUT', rawServer(() => {}), { tls: true }],
  [
    'an address in the place of the host',
    'ERR_INVALID_OPTION',
    closedPort,
    { host: async () => `tls://me:${SECRET}@127.0.0.1?${SECRET}` },
  ],
  [
    'a line that is too long',
    'ERR_LINE_TOO_LONG',
    rawServer((socket) => socket.end(SECRET.repeat(9))),
  ],
  [
    'an answer of `run` that is none',
    'ERR_INVALID_CONTROL_FLOW',
    rawServer(() => {}),
    { run: async () => SECRET as never },
  ],
  [
    'an answer of `retryDelay` that is none',
    'ERR_INVALID_RETRY_DELAY',
    closedPort,
    { retryDelay: () => SECRET as never },
  ],
];

describe('a TCP socket shows no secret', () => {
  it.each(tcpCases)('after %s', async (_name, code, server, options) => {
    const connector = tcpConnector({
      host: '127.0.0.1',
      run: async (socket) => {
        for await (const _ of lines(socket, { maxLineBytes: 10 }));
        return Continue();
      },
      ...options,
      port: await server(),
    });
    const { texts, errors, output } = await everythingOf(connector, timeoutFor(code));
    expect([...errors, output]).toContainEqual(expect.objectContaining({ code }));
    expect(leaks(texts)).toEqual([]);
  });
});

describe('a connector that cannot be made shows no secret', () => {
  const run = async () => Continue();
  const url = `wss://me:${SECRET}@h/path?token=${SECRET}`;
  const good = { url, WebSocket, run };
  const tcp = { host: 'h', port: 1, run };
  it.each<[what: string, make: () => unknown]>([
    ...[
      `wss//me:${SECRET}@h/`,
      `me:${SECRET}@h`,
      `${SECRET}:@h`,
      `//me:${SECRET}@h/`,
      `/path?token=${SECRET}`,
      `https://me:${SECRET}@h/?${SECRET}`,
      `wss://me:${SECRET}@h:99999/`,
      `wss://me:${SECRET}@h/#${SECRET}`,
      `wss://me:${SECRET}@[h/`,
      `\u001B${SECRET}`,
      { href: url },
      [url],
    ].map((bad): [string, () => unknown] => [
      `url: ${inspect(bad)}`,
      () => webSocketConnector({ ...good, url: bad as never }),
    ]),
    ['the address in place of the options', () => webSocketConnector(url as never)],
    ['a misspelt `url`', () => webSocketConnector({ ...good, ulr: url } as never)],
    [
      'a misspelt `socketOptions`',
      () => webSocketConnector({ ...good, socketOption: { headers: { x: SECRET } } } as never),
    ],
    ['a token as a protocol', () => webSocketConnector({ ...good, protocols: `${SECRET}==/` })],
    [
      'a token as a protocol twice',
      () => webSocketConnector({ ...good, protocols: [SECRET, SECRET] }),
    ],
    ['headers as text', () => webSocketConnector({ ...good, socketOptions: SECRET as never })],
    ['the address as host', () => tcpConnector({ ...tcp, host: `tcp://me:${SECRET}@h:1` })],
    ['the address as options', () => tcpConnector(`tcp://me:${SECRET}@h:1` as never)],
    ['a key as tls', () => tcpConnector({ ...tcp, tls: SECRET as never })],
    ['the address as a connector', () => createReconnectActor(url as never)],
  ])('%s', (_what, make) => {
    let thrown: unknown;
    try {
      make();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidOptionError);
    const texts = [inspect(thrown, { depth: 9 }), JSON.stringify(thrown)].join('\n');
    expect(leaks(texts)).toEqual([]);
  });
});
