/* oxlint-disable unicorn/prefer-add-event-listener -- `on…` is a part of what is tested */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fatal, type ReconnectEmitted } from 'schmoozer';
import ReconnectingWebSocketByDefault, {
  ReconnectingWebSocket,
  type ReconnectingWebSocketOptions,
} from 'schmoozer/reconnecting-websocket';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { closedPort, listening, watchSockets } from '../../support/loopback.js';
import { until } from '../../support/until.js';
import { answering, webSocketServer } from '../../support/webSocketServer.js';

const quick = { WebSocket, minReconnectionDelay: 1, maxReconnectionDelay: 20, minUptime: 50 };

type Arguments = ConstructorParameters<typeof ReconnectingWebSocket>;

/** A socket that is closed when the test is over, and what it has told. */
function make(url: Arguments[0], protocols?: Arguments[1], options?: ReconnectingWebSocketOptions) {
  const heard: ReconnectEmitted[] = [];
  const socket = new ReconnectingWebSocket(url, protocols, {
    ...quick,
    onEvent: (event) => void heard.push(event),
    ...options,
  });
  onTestFinished(() => socket.close());
  const told: unknown[] = [];
  socket.addEventListener('open', () => void told.push('open'));
  socket.addEventListener('message', ({ data }) => void told.push(data));
  socket.addEventListener('error', ({ message }) => void told.push(`error: ${message}`));
  socket.addEventListener('close', ({ code, reason, wasClean }) => {
    told.push(`close ${code} ${reason}${wasClean ? '' : ' unclean'}`);
  });
  const delays = () =>
    heard.filter((event) => event.type === 'retry.scheduled').map(({ delayMs }) => delayMs);
  return { socket, told, heard, delays };
}

/** The next event of a type. */
const next = (socket: EventTarget, type: string) =>
  new Promise<never>((resolve) => {
    socket.addEventListener(type, (event) => resolve(event as never), { once: true });
  });

const opened = (socket: ReconnectingWebSocket) =>
  until('an open socket', () => socket.readyState === socket.OPEN);

describe('the interface of WebSocket', () => {
  it('has its constants, is made with `new` only, and begins in CONNECTING', async () => {
    const { url } = await webSocketServer();
    const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
    const { socket } = make(url);
    expect(Object.entries(ReconnectingWebSocket)).toEqual(Object.entries(states));
    expect(socket).toMatchObject({ ...states, readyState: 0, url: '', protocol: '' });
    expect(socket).toMatchObject({ extensions: '', bufferedAmount: 0, binaryType: 'blob' });
    expect(socket).toBeInstanceOf(EventTarget);
    expect(ReconnectingWebSocketByDefault).toBe(ReconnectingWebSocket);
    const call = ReconnectingWebSocket as unknown as (url: string) => void;
    expect(() => call(url)).toThrow(TypeError);
  });

  it('calls on…, functions and `handleEvent`, with real events, once or again', async () => {
    const { url } = await webSocketServer((peer) => {
      peer.send('1');
      peer.send('2');
    });
    const { socket } = make(url);
    const seen: unknown[] = [];
    socket.onopen = (event) => seen.push(['onopen', event.type, event.target === socket]);
    socket.onmessage = ({ data }) => seen.push(['onmessage', data]);
    const listener = { handleEvent: ({ type }: Event) => void seen.push(['handleEvent', type]) };
    socket.addEventListener('message', listener, { once: true });
    const removed = () => seen.push('removed');
    socket.addEventListener('message', removed);
    socket.removeEventListener('message', removed);
    const close = next(socket, 'close');
    socket.addEventListener('message', ({ data, origin }) => {
      seen.push([data, `${origin}/` === url]);
      if (data === '2') socket.close(3001, 'enough');
    });
    socket.onclose = (event) => seen.push(['onclose', event instanceof Event]);
    expect(await close).toMatchObject({ code: 3001, reason: 'enough', wasClean: true });
    expect(seen).toEqual([
      ['onopen', 'open', true],
      ['onmessage', '1'],
      ['handleEvent', 'message'],
      ['1', true],
      ['onmessage', '2'],
      ['2', true],
      ['onclose', true],
    ]);
    socket.onmessage = null;
  });

  it('takes the classes of the platform for its events, where it has them', async () => {
    class CloseEvent extends Event {
      constructor(type: string, facts: object) {
        super(type);
        Object.assign(this, facts);
      }
    }
    vi.stubGlobal('CloseEvent', CloseEvent);
    onTestFinished(() => void vi.unstubAllGlobals());
    const { url } = await webSocketServer((peer) => peer.close(4000, 'why'));
    const { socket } = make(url);
    const event: object = await next(socket, 'close');
    expect(event).toBeInstanceOf(CloseEvent);
    expect(event).toMatchObject({ type: 'close', code: 4000, reason: 'why', wasClean: true });
  });

  it('knows url, protocol and extensions once it is open', async () => {
    const { url } = await webSocketServer(() => {}, {
      handleProtocols: () => 'b',
      perMessageDeflate: true,
    });
    const { socket } = make(`${url}path?query`, ['a', 'b']);
    await opened(socket);
    expect(socket.url).toBe(`${url}path?query`);
    expect(socket.protocol).toBe('b');
    expect(socket.extensions).toBe('permessage-deflate');
  });

  it('takes http: for ws:, and in a page a relative address', async () => {
    const { port } = await webSocketServer();
    const { socket } = make(`http://127.0.0.1:${port}/a`);
    await opened(socket);
    expect(socket.url).toBe(`ws://127.0.0.1:${port}/a`);
    vi.stubGlobal('location', { href: `http://127.0.0.1:${port}/dir/page` });
    onTestFinished(() => void vi.unstubAllGlobals());
    const relative = make(() => 'feed').socket;
    await opened(relative);
    expect(relative.url).toBe(`ws://127.0.0.1:${port}/dir/feed`);
  });

  it.each([
    ['blob', Blob],
    ['arraybuffer', ArrayBuffer],
    ['nodebuffer', Buffer],
  ] as const)('keeps the binaryType %s over reconnects', async (type, Type) => {
    const { url } = await webSocketServer((peer) => peer.send(Buffer.from([1, 2])));
    const { socket } = make(url);
    socket.binaryType = type;
    expect(socket.binaryType).toBe(type);
    expect(await next(socket, 'message')).toHaveProperty('data', expect.any(Type));
    socket.reconnect();
    expect(await next(socket, 'message')).toHaveProperty('data', expect.any(Type));
    expect(socket.binaryType).toBe(type);
  });

  it('changes the binaryType of an open socket, too', async () => {
    const { url, accepted } = await webSocketServer();
    const { socket } = make(url);
    await opened(socket);
    socket.binaryType = 'arraybuffer';
    accepted[0]?.send(Buffer.from([1]));
    expect(await next(socket, 'message')).toHaveProperty('data', expect.any(ArrayBuffer));
  });
});

describe('url and protocols', () => {
  it.each<readonly [string, (url: string) => unknown, unknown]>([
    ['functions', (url: string) => url, () => 'p'],
    ['functions of promises', async (url: string) => url, async () => ['p']],
    ['a function of a URL', (url: string) => new URL(url), ['p']],
  ])('may be %s, asked at each attempt', async (_, answer, protocols) => {
    const asked: unknown[] = [];
    const { url, server } = await webSocketServer(() => {}, { handleProtocols: () => 'p' });
    server.on('connection', (peer, request) => asked.push([request.url, peer.protocol]));
    let count = 0;
    const { socket } = make(() => answer(`${url}?${++count}`) as never, protocols as never);
    await opened(socket);
    socket.reconnect();
    await until('a second connection', () => asked.length === 2);
    expect(asked).toEqual([
      ['/?1', 'p'],
      ['/?2', 'p'],
    ]);
  });

  it.each([undefined, null, '', [], () => null, async () => undefined, () => []])(
    'offers no subprotocol for %o',
    async (protocols) => {
      const offered: unknown[] = [];
      const { url, server } = await webSocketServer();
      server.on('connection', (_peer, { headers }) => {
        offered.push(headers['sec-websocket-protocol']);
      });
      const { socket } = make(url, protocols as never);
      await opened(socket);
      expect(offered).toEqual([undefined]);
    },
  );

  it.each([
    ['no-url', '`url`'],
    [undefined, '`url`'],
    [new URL('ftp://example.org'), '`url`'],
  ])('refuses the url %s at once', (url, message) => {
    expect(() => make(url as never)).toThrow(message);
  });

  it('a function that throws, rejects or answers nonsense is a failed attempt', async () => {
    const { url } = await webSocketServer();
    const answers = [
      () => {
        throw new Error('token service');
      },
      () => Promise.reject(new Error('no token')),
      () => 'no-url',
      () => undefined,
    ];
    const { socket, told } = make((() => (answers.shift() ?? (() => url))()) as never);
    await opened(socket);
    expect(told).toEqual([
      'error: token service',
      'close 1006  unclean',
      'error: no token',
      'close 1006  unclean',
      expect.stringMatching(/^error: `url` must be an absolute URL/),
      'close 1006  unclean',
      expect.stringMatching(/^error: `url` must be an absolute URL/),
      'close 1006  unclean',
      'open',
    ]);
  });

  it('may throw what is no error', async () => {
    const { told } = make(() => Promise.reject<string>('no token'));
    await until('an event', () => told.length > 1);
    expect(told.slice(0, 2)).toEqual(['error: no token', 'close 1006  unclean']);
  });

  it('has headers for each attempt', async () => {
    const tokens: unknown[] = [];
    const { url, server } = await webSocketServer();
    server.on('connection', (_peer, { headers }) => tokens.push(headers.authorization));
    let count = 0;
    const { socket } = make(url, [], {
      socketOptions: async () => ({ headers: { authorization: `Bearer ${++count}` } }),
    });
    await opened(socket);
    socket.reconnect();
    await until('a second connection', () => tokens.length === 2);
    expect(tokens).toEqual(['Bearer 1', 'Bearer 2']);
  });
});

describe('send', () => {
  it('says whether it was sent, waits or was dropped; what waits goes out in order before `open`', async () => {
    const received: string[] = [];
    const { url } = await webSocketServer((peer) => {
      peer.on('message', (data: Buffer) => void received.push(String(data)));
    });
    const { socket } = make(url, [], { maxEnqueuedMessages: 2 });
    expect(socket.send('1')).toBe(false);
    expect(socket.send(new Uint8Array([0x32, 0x32]))).toBe(false);
    expect(socket.bufferedAmount).toBe(3);
    expect(socket.send('3')).toBe(undefined);
    socket.onopen = () => expect(socket.send(4 as never)).toBe(true);
    await until('all messages', () => received.length === 3);
    expect(received).toEqual(['1', '22', '4']);
    expect(socket.bufferedAmount).toBe(0);
  });

  it.each([
    ['the bytes', { maxEnqueuedBytes: 3 }, ['ab', 'cd'], [false, undefined]],
    ['nothing', { maxEnqueuedMessages: 0 }, ['a'], [undefined]],
    ['a thousand', {}, Array.from({ length: 1001 }, () => 'x'), [false]],
  ])('is bounded by %s', (_, options, messages, results) => {
    const { socket } = make('ws://127.0.0.1:1', [], { startClosed: true, ...options });
    const said = messages.map((message) => socket.send(message));
    expect(said.slice(0, results.length)).toEqual(results);
    expect(said.at(-1)).toBe(undefined);
  });

  it('takes a Blob, and counts its size', async () => {
    const { socket } = make('ws://127.0.0.1:1', [], { startClosed: true });
    expect(socket.send(new Blob(['abc']))).toBe(false);
    expect(socket.bufferedAmount).toBe(3);
    expect(socket.drainQueuedMessages()).toEqual([expect.any(Blob)]);
    expect(socket.bufferedAmount).toBe(0);
    expect(socket.drainQueuedMessages()).toEqual([]);
  });

  it('throws for what cannot be sent', () => {
    const { socket } = make('ws://127.0.0.1:1', [], { startClosed: true });
    for (const data of [{}, null, [1]]) {
      expect(() => socket.send(data as never)).toThrow('`data` must be a string');
    }
  });

  it('counts what an open socket has not sent yet', async () => {
    const { url, accepted } = await webSocketServer();
    const { socket } = make(url);
    await opened(socket);
    accepted[0]?.pause();
    const chunk = new Uint8Array(1_000_000);
    for (let i = 0; i < 30; i++) socket.send(chunk);
    expect(socket.bufferedAmount).toBeGreaterThan(1_000_000);
    accepted[0]?.resume();
  });

  it('waits for the handshake', async () => {
    const received: string[] = [];
    const { url } = await webSocketServer((peer) => {
      peer.on('message', (data: Buffer) => {
        received.push(String(data));
        if (String(data) === 'hello') setTimeout(() => peer.send('welcome'), 20);
      });
    });
    const { socket, told } = make(url, [], {
      async handshake(session) {
        await session.send('hello');
        for await (const message of session) if (message === 'welcome') return;
      },
    });
    expect(socket.send('queued')).toBe(false);
    await until('hello', () => received.length === 1);
    expect(socket.readyState).toBe(socket.CONNECTING);
    expect(socket.send('still')).toBe(false);
    await until('all', () => received.length === 3);
    expect(received).toEqual(['hello', 'queued', 'still']);
    expect(told).toEqual(['open']);
  });

  it('keeps the queue when a server closes at once, for the session after that', async () => {
    const received: string[] = [];
    let peers = 0;
    const { url } = await webSocketServer((peer) => {
      peers += 1;
      if (peers < 3) peer.close(4000, 'not now');
      else peer.on('message', (data: Buffer) => void received.push(String(data)));
    });
    const { socket, told } = make(url);
    expect([socket.send('a'), socket.send('b')]).toEqual([false, false]);
    await until('what was queued', () => received.length === 2);
    expect(received).toEqual(['a', 'b']);
    expect(told).toEqual(['open', 'close 4000 not now', 'open', 'close 4000 not now', 'open']);
  });

  it('puts into the queue what comes while a session ends', async () => {
    const received: string[] = [];
    const { url, accepted } = await webSocketServer((peer) => {
      peer.on('message', (data: Buffer) => void received.push(String(data)));
    });
    const { socket } = make(url);
    await opened(socket);
    const states: number[] = [];
    socket.onclose = () => {
      states.push(socket.readyState);
      expect(socket.send('later')).toBe(false);
    };
    accepted[0]?.close(1012);
    await next(socket, 'close');
    socket.reconnect();
    socket.onclose = null;
    await until('what was queued', () => received.length === 1);
    expect(states).toEqual([3]);
  });

  it('warns once after close()', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const { url } = await webSocketServer();
    const { socket } = make(url);
    await opened(socket);
    socket.close();
    expect(socket.send('a')).toBe(false);
    expect(socket.send('b')).toBe(false);
    expect(warn.mock.calls).toEqual([
      ['ReconnectingWebSocket: send() after close(): it waits until reconnect()'],
    ]);
  });
});

describe('the events of a session', () => {
  it('come in order, with the code and the reason of the server, and it reconnects', async () => {
    const { url } = await webSocketServer((peer, count) => {
      peer.send(`a${count}`);
      peer.send(`b${count}`);
      if (count === 1) peer.close(4000, 'first');
    });
    const { told } = make(url);
    await until('the second session', () => told.includes('b2'));
    expect(told).toEqual(['open', 'a1', 'b1', 'close 4000 first', 'open', 'a2', 'b2']);
  });

  it.each([1000, 1001, 1008, 1011, 4401])('reconnects after the code %i', async (code) => {
    const { url, accepted } = await webSocketServer((peer, count) => {
      if (count === 1) peer.close(code);
    });
    const { told } = make(url, [], { delayAfterRestart: false });
    await until('a second session', () => accepted.length === 2);
    await until('its event', () => told.length === 3);
    expect(told).toEqual(['open', `close ${code} `, 'open']);
  });

  it('waits longer when the server says that it restarts', async () => {
    const { url } = await webSocketServer((peer) => peer.close(1012));
    const { delays } = make(url, [], { random: () => 0 });
    await until('a delay', () => delays().length === 1);
    expect(delays()).toEqual([5000]);
  });

  it('has an error before the close of a connection that was lost', async () => {
    const { url } = await webSocketServer((peer, count) => {
      if (count === 1) peer.terminate();
    });
    const { told } = make(url);
    await until('a second session', () => told.length === 4);
    expect(told).toEqual([
      'open',
      'error: the WebSocket was closed with code 1006 (abnormal closure)',
      'close 1006  unclean',
      'open',
    ]);
  });

  it('is CLOSED while it waits, and CONNECTING while it connects', async () => {
    const { url } = await webSocketServer((peer, count) => {
      if (count === 1) peer.close(1001);
    });
    const states: unknown[] = [];
    const { socket, heard } = make(url, [], {
      onEvent: ({ type }) => void states.push([type, socket.readyState]),
    });
    await until('a second session', () => states.length === 7);
    expect(states).toEqual([
      ['attempt.started', 0],
      ['connection.opened', 0],
      ['connection.closing', 2],
      ['connection.closed', 3],
      ['retry.scheduled', 3],
      ['attempt.started', 0],
      ['connection.opened', 0],
    ]);
    expect(heard).toEqual([]);
  });

  it('stays closed when a close handler calls close()', async () => {
    const { url, accepted } = await webSocketServer((peer) => peer.close(1001));
    const { socket, told, heard } = make(url);
    socket.onclose = () => socket.close();
    await until('a suspended link', () => heard.some(({ type }) => type === 'link.suspended'));
    expect(told).toEqual(['open', 'close 1001 ']);
    expect(accepted).toHaveLength(1);
    expect(socket.readyState).toBe(socket.CLOSED);
    expect(socket.shouldReconnect).toBe(false);
  });

  it('asks shouldReconnectOnClose, whose throw counts as yes', async () => {
    const { url, accepted } = await webSocketServer((peer, count) => peer.close(4000 + count));
    const logged: unknown[] = [];
    const asked: number[] = [];
    const { socket, heard } = make(url, [], {
      logger: (error) => void logged.push(error),
      shouldReconnectOnClose({ code }) {
        asked.push(code);
        if (code === 4001) throw new Error('mine');
        return code < 4003;
      },
    });
    await until('the end', () => heard.some(({ type }) => type === 'link.suspended'));
    expect(asked).toEqual([4001, 4002, 4003]);
    expect(logged).toMatchObject([{ code: 'ERR_LISTENER' }]);
    expect(accepted).toHaveLength(3);
    expect(socket.shouldReconnect).toBe(false);
    socket.reconnect();
    await until('another', () => accepted.length === 4);
  });

  it('closes once when a server keeps the connection open longer than the link waits', async () => {
    const server = createServer({ allowHalfOpen: true });
    server.on('connection', (tcp) => {
      tcp.once('data', (request) => {
        const [, key] = /Sec-WebSocket-Key: (\S+)/i.exec(String(request)) ?? [];
        tcp.write(upgradeFor(key as string));
        // A close frame of 1001, and then nothing.
        tcp.write(Buffer.from([0x88, 2, 0x03, 0xe9]));
      });
    });
    const { told } = make(`ws://127.0.0.1:${await listening(server)}`, [], {
      gracePeriodMs: 10,
      closeTimeoutMs: 100,
      minReconnectionDelay: 500,
      maxReconnectionDelay: 500,
    });
    await until('a close', () => told.length === 2);
    expect(told).toEqual(['open', 'close 1001 ']);
    await until('the next session', () => told.length > 2);
    expect(told[2]).toBe('open');
  });
});

describe('attempts that fail', () => {
  it('have an error, and count', async () => {
    const { socket, told, delays } = make(`ws://127.0.0.1:${await closedPort()}`, [], {
      maxRetries: 2,
      minReconnectionDelay: 2,
      reconnectionDelayGrowFactor: 3,
    });
    const counts: number[] = [];
    socket.addEventListener('close', () => counts.push(socket.retryCount));
    await until('the last attempt', () => counts.length === 3);
    expect(told).toHaveLength(6);
    expect(told[0]).toMatch(/^error: .*ECONNREFUSED/);
    expect(told[1]).toBe('close 1006  unclean');
    expect(counts).toEqual([1, 2, 2]);
    expect(delays()).toEqual([2, 6, Infinity]);
    expect(socket.readyState).toBe(socket.CLOSED);
    expect(socket.shouldReconnect).toBe(false);
    // It was given up, and can be taken up again.
    socket.reconnect();
    expect(socket.retryCount).toBe(0);
    await until('the last attempt again', () => counts.length === 6);
    expect(delays()).toEqual([2, 6, Infinity, 2, 6, Infinity]);
  });

  it('by a timeout say TIMEOUT, and leave no connection behind', async () => {
    const silent = createServer();
    const gone: Promise<unknown>[] = [];
    silent.on('connection', (tcp) => gone.push(once(tcp.resume(), 'close')));
    const { told } = make(`ws://127.0.0.1:${await listening(silent)}`, [], {
      connectionTimeout: 30,
      maxRetries: 1,
    });
    await until('both attempts', () => told.length === 4);
    expect(told).toEqual([
      'error: TIMEOUT',
      'close 1006  unclean',
      'error: TIMEOUT',
      'close 1006  unclean',
    ]);
    await Promise.all(gone);
    expect(gone).toHaveLength(2);
  });

  it('tell what the server has answered', async () => {
    const { socket } = make(await answering('HTTP/1.1 401 Unauthorized'));
    const event = await next(socket, 'error');
    expect(event).toHaveProperty('error.statusCode', 401);
    await until('another attempt', () => socket.retryCount > 1);
  });

  it('are counted until a session is good', async () => {
    let answers = 0;
    const { url, accepted } = await webSocketServer();
    const { socket } = make(() => {
      if (++answers < 3) throw new Error('not yet');
      return url;
    });
    await opened(socket);
    expect(socket.retryCount).toBe(2);
    await until('a good session', () => socket.retryCount === 0);
    // What was written off before it is of no account any more.
    accepted[0]?.close(1001);
    await next(socket, 'close');
    await until('a retry', () => socket.retryCount === 1);
  });

  it('ends the link for good when a handshake says so, until reconnect()', async () => {
    const { url } = await webSocketServer();
    let isRefused = true;
    const { socket, told, heard } = make(url, [], {
      async handshake() {
        if (isRefused) throw fatal(new Error('refused'));
      },
    });
    await until('the end', () => heard.some(({ type }) => type === 'link.ended'));
    expect(told).toEqual(['error: refused', 'close 1006  unclean']);
    expect(socket.shouldReconnect).toBe(false);
    expect(socket.readyState).toBe(socket.CLOSED);
    isRefused = false;
    socket.reconnect();
    await opened(socket);
  });

  it('are over at once where there is no class', async () => {
    const { WebSocket: _none, ...rest } = quick;
    vi.stubGlobal('WebSocket', undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    const socket = new ReconnectingWebSocket('ws://127.0.0.1:1', undefined, rest);
    expect(await next(socket, 'error')).toHaveProperty('error.code', 'ERR_INVALID_OPTION');
    await until('the end', () => !socket.shouldReconnect);
    expect(socket.readyState).toBe(socket.CLOSED);
  });
});

describe('close()', () => {
  it('waits for the peer, and has its answer', async () => {
    const { url, closes } = await webSocketServer();
    const { socket, told } = make(url);
    await opened(socket);
    socket.close(3000, 'bye');
    socket.close(3001, 'again');
    expect(socket.readyState).toBe(socket.CLOSING);
    expect(told).toEqual(['open']);
    await next(socket, 'close');
    expect(told).toEqual(['open', 'close 3000 bye']);
    expect(socket.readyState).toBe(socket.CLOSED);
    expect(closes).toEqual([[3000, 'bye']]);
    socket.close();
    expect(socket.readyState).toBe(socket.CLOSED);
  });

  it('dispatches no message that comes after it', async () => {
    const { url, accepted } = await webSocketServer();
    const { socket, told } = make(url);
    await opened(socket);
    accepted[0]?.send('late');
    socket.close();
    await next(socket, 'close');
    expect(told).toEqual(['open', 'close 1000 ']);
  });

  it('is over at once in the mode of partysocket', async () => {
    const { url, accepted, closes, gone } = await webSocketServer();
    const { socket, told } = make(url, [], { closeMode: 'immediate' });
    await opened(socket);
    accepted[0]?.send('late');
    socket.close(3000, 'bye');
    expect(told).toEqual(['open', 'close 3000 bye']);
    expect(socket.readyState).toBe(socket.CLOSED);
    await gone();
    expect(closes).toEqual([[3000, 'bye']]);
    expect(told).toHaveLength(2);
  });

  it.each([
    ['graceful', ['close 1006  unclean']],
    ['immediate', ['close 1000 ']],
  ] as const)('of an attempt (%s) has its event, and no error', async (closeMode, events) => {
    const silent = createServer();
    const sockets = watchSockets();
    const { socket, told } = make(`ws://127.0.0.1:${await listening(silent)}`, [], { closeMode });
    await once(silent, 'connection');
    socket.close();
    expect(socket.readyState).toBe(closeMode === 'graceful' ? 2 : 3);
    await until('an event', () => told.length > 0);
    expect(told).toEqual(events);
    expect(socket.readyState).toBe(socket.CLOSED);
    await until('no socket', () => sockets.every(({ destroyed }) => destroyed));
  });

  it('before anything was done, and of a socket that waits, is over at once', async () => {
    const { socket, told } = make(`ws://127.0.0.1:${await closedPort()}`, [], {
      minReconnectionDelay: 60_000,
      maxReconnectionDelay: 60_000,
    });
    await next(socket, 'close');
    socket.close();
    expect(socket.readyState).toBe(socket.CLOSED);
    await Promise.resolve();
    expect(told).toHaveLength(2);
    const closed = make('ws://127.0.0.1:1', [], { startClosed: true });
    closed.socket.close();
    expect(closed.socket.readyState).toBe(3);
    expect(closed.told).toEqual([]);
  });

  it('in the error handler of an attempt has one close event', async () => {
    const { socket, told } = make(`ws://127.0.0.1:${await closedPort()}`);
    socket.onerror = () => socket.close();
    await next(socket, 'close');
    await until('rest', () => socket.readyState === socket.CLOSED);
    expect(told.slice(1)).toEqual(['close 1006  unclean']);
  });

  it.each([
    [1001, '', '`code`'],
    [1000, 'x'.repeat(124), '`reason`'],
  ])('refuses %i and %s', (code, reason, message) => {
    const { socket } = make('ws://127.0.0.1:1', [], { startClosed: true });
    expect(() => socket.close(code, reason)).toThrow(message);
    expect(() => socket.reconnect(code, reason)).toThrow(message);
  });
});

describe('reconnect()', () => {
  it('of an open socket closes it with the code, tells so at once, and has another', async () => {
    const { url, closes, accepted } = await webSocketServer();
    const { socket, told } = make(url);
    await opened(socket);
    socket.reconnect(3000, 'again');
    expect(told).toEqual(['open', 'close 3000 again']);
    expect(socket.readyState).toBe(socket.CONNECTING);
    await opened(socket);
    expect(told).toEqual(['open', 'close 3000 again', 'open']);
    expect(closes).toEqual([[3000, 'again']]);
    expect(accepted).toHaveLength(2);
    expect(socket.retryCount).toBe(0);
  });

  it('does not ask shouldReconnectOnClose', async () => {
    const { url, accepted } = await webSocketServer();
    const { socket } = make(url, [], { shouldReconnectOnClose: () => false });
    await opened(socket);
    socket.reconnect();
    await opened(socket);
    expect(accepted).toHaveLength(2);
  });

  it('is no more when its close handler closes', async () => {
    const { url, accepted, gone } = await webSocketServer();
    const { socket } = make(url);
    await opened(socket);
    socket.onclose = () => socket.close();
    socket.reconnect();
    expect(socket.readyState).toBe(socket.CLOSED);
    await gone();
    expect(accepted).toHaveLength(1);
  });

  it('of an attempt makes a fresh one', async () => {
    const server = createServer();
    let count = 0;
    const { url } = await webSocketServer();
    const silent = `ws://127.0.0.1:${await listening(server)}`;
    const { socket, told } = make(() => (++count === 1 ? silent : url));
    await once(server, 'connection');
    socket.reconnect();
    await opened(socket);
    expect(told).toEqual(['open']);
  });

  it('in the error handler of a lost session has one close event', async () => {
    const { url, accepted } = await webSocketServer((peer, count) => {
      if (count === 1) peer.terminate();
    });
    const { socket, told } = make(url);
    socket.onerror = () => socket.reconnect();
    await until('a second session', () => accepted.length === 2 && told.length > 3);
    expect(told.slice(1)).toEqual([
      'close 1000 ',
      'error: the WebSocket was closed with code 1006 (abnormal closure)',
      'open',
    ]);
  });

  it('skips a wait', async () => {
    const { url } = await webSocketServer();
    let isUp = false;
    const down = `ws://127.0.0.1:${await closedPort()}`;
    const { socket } = make(() => (isUp ? url : down), [], {
      minReconnectionDelay: 60_000,
      maxReconnectionDelay: 60_000,
    });
    await next(socket, 'close');
    isUp = true;
    socket.reconnect();
    expect(socket.readyState).toBe(socket.CONNECTING);
    await opened(socket);
  });

  it.each(['graceful', 'immediate'] as const)(
    'after close(), also while the peer still has to agree (%s)',
    async (closeMode) => {
      const { url, accepted, closes } = await webSocketServer();
      const { socket, told } = make(url, [], { closeMode });
      await opened(socket);
      socket.close(3000);
      socket.reconnect();
      expect(socket.shouldReconnect).toBe(true);
      await opened(socket);
      expect(told.filter((text) => text === 'open')).toHaveLength(2);
      expect(told).toHaveLength(3);
      socket.close(3001);
      await until('both closed', () => closes.length === 2);
      socket.reconnect();
      await opened(socket);
      expect(accepted).toHaveLength(3);
      expect(closes.map(([code]) => code)).toEqual([3000, 3001]);
    },
  );

  it('begins what was to start closed', async () => {
    const { url, accepted } = await webSocketServer();
    const { socket, heard } = make(url, [], { startClosed: true });
    expect(socket.readyState).toBe(socket.CLOSED);
    expect(socket.shouldReconnect).toBe(false);
    expect(socket.send('kept')).toBe(false);
    expect(heard).toEqual([]);
    socket.reconnect();
    expect(socket.readyState).toBe(socket.CONNECTING);
    await opened(socket);
    expect(accepted).toHaveLength(1);
  });

  it('is one object over the effects of React’s strict mode: one connection, no stray event', async () => {
    const { url, accepted } = await webSocketServer();
    const { socket, told } = make(url, [], { startClosed: true });
    const effect = () => {
      socket.reconnect();
      return () => socket.close();
    };
    effect()();
    effect();
    await opened(socket);
    expect(told).toEqual(['open']);
    expect(accepted).toHaveLength(1);
  });
});

describe('what the others do not have', () => {
  it('sends a ping by default where the class can, and asks on wake', async () => {
    const clock = virtualClock();
    const pings: number[] = [];
    const { url } = await webSocketServer((peer) => peer.on('ping', () => pings.push(clock.now())));
    const { socket } = make(url, [], { clock });
    await opened(socket);
    await clock.advance(30_000);
    await until('a ping', () => pings.length === 1);
  });

  it('renews a connection that has grown old, in order', async () => {
    const { url, accepted, closes } = await webSocketServer();
    const { told } = make(url, [], { maxAgeMs: 30, maxAgeSpreadMs: 0, gracePeriodMs: 60_000 });
    await until('a second session', () => accepted.length > 1 && told.length > 2);
    expect(told.slice(0, 3)).toEqual(['open', 'close 1000 ', 'open']);
    expect(closes[0]).toEqual([1000, '']);
  });

  it('finds a peer that has fallen silent', async () => {
    const { url, accepted } = await webSocketServer((peer, count) => {
      if (count === 1) peer.pause();
    });
    const { told } = make(url, [], { heartbeat: { intervalMs: 10, timeoutMs: 30 } });
    await until('a second session', () => accepted.length === 2 && told.length > 3);
    expect(told[1]).toMatch(/^error: nothing arrived within 30 ms/);
    expect(told[2]).toMatch(/^close 1006/);
    expect(told[3]).toBe('open');
  });

  it('hears of the page, and no longer when it is closed', async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    vi.stubGlobal('document', page);
    onTestFinished(() => void vi.unstubAllGlobals());
    const listeners = [vi.spyOn(page, 'addEventListener'), vi.spyOn(page, 'removeEventListener')];
    const { url } = await webSocketServer();
    let isUp = false;
    const down = `ws://127.0.0.1:${await closedPort()}`;
    const { socket } = make(() => (isUp ? url : down), [], {
      minReconnectionDelay: 60_000,
      maxReconnectionDelay: 60_000,
    });
    await next(socket, 'close');
    isUp = true;
    page.dispatchEvent(new Event('visibilitychange'));
    await opened(socket);
    socket.close();
    expect(listeners.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    socket.reconnect();
    expect(listeners.map(({ mock }) => mock.calls.length)).toEqual([2, 1]);
    const deaf = make(url, [], { wake: false });
    expect(listeners.map(({ mock }) => mock.calls.length)).toEqual([2, 1]);
    deaf.socket.close();
  });

  it('logs each event of the link with `debug`', async () => {
    const { url } = await webSocketServer();
    const debugged: unknown[] = [];
    const debugLogger = (...args: unknown[]) => void debugged.push(args.slice(0, 2));
    const { socket } = make(url, [], { debug: true, debugLogger });
    await opened(socket);
    expect(debugged).toEqual([
      ['RWS>', 'attempt.started'],
      ['RWS>', 'connection.opened'],
    ]);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    await opened(make(url, [], { debug: true }).socket);
    expect(log.mock.calls.length).toBeGreaterThan(1);
  });

  it('leaves errors of listeners to the platform, and goes on', async () => {
    const { url } = await webSocketServer((peer) => {
      peer.send('1');
      peer.send('2');
    });
    const thrown = once(process, 'uncaughtException');
    const others = process.listeners('uncaughtException');
    for (const other of others.slice(0, -1)) process.off('uncaughtException', other);
    onTestFinished(() => {
      for (const other of others.slice(0, -1)) process.on('uncaughtException', other);
    });
    const { socket, told } = make(url);
    socket.onmessage = ({ data }) => {
      if (data === '1') throw new Error('mine');
    };
    expect(await thrown).toMatchObject([{ message: 'mine' }, 'uncaughtException']);
    await until('the next message', () => told.includes('2'));
  });

  it('has ours for a backoff, by default and when it is given', async () => {
    const url = `ws://127.0.0.1:${await closedPort()}`;
    const theirs = { minReconnectionDelay: undefined, maxReconnectionDelay: undefined } as never;
    const byDefault = make(url, [], { ...(theirs as object), random: () => 0.5 });
    await next(byDefault.socket, 'close');
    await until('a delay', () => byDefault.delays().length === 1);
    expect(byDefault.delays()).toEqual([1050]);
    const signals: unknown[] = [];
    const given = make(url, [], {
      ...(theirs as object),
      backoff: ({ attempt, signal }) => {
        signals.push(signal);
        return { type: 'Continue', payload: attempt };
      },
    });
    await until('two delays', () => given.delays().length > 1);
    expect(given.delays().slice(0, 2)).toEqual([1, 2]);
    expect(signals[0]).toBeInstanceOf(AbortSignal);
    const delayOf = async (options: object) => {
      const { delays } = make(url, [], { ...(theirs as object), ...options });
      await until('a delay', () => delays().length > 0);
      return delays()[0];
    };
    expect(await delayOf({ maxReconnectionDelay: 2500, random: () => 0.5 })).toBe(2500);
    expect(await delayOf({ maxReconnectionDelay: 9000, random: () => 0.5 })).toBe(3000);
    expect(await delayOf({ minReconnectionDelay: 20_000 })).toBe(10_000);
  });

  it.each<readonly [object, string]>([
    [{ maxRetrys: 1 }, 'the nearest is `maxRetries`'],
    [{ run: () => {} }, '`run` must be left out'],
    [{ retryDelay: () => 1 }, '`retryDelay` must be left out'],
    [{ maxRetries: -1 }, '`maxRetries`'],
    [{ maxEnqueuedMessages: 'all' }, '`maxEnqueuedMessages`'],
    [{ maxEnqueuedBytes: NaN }, '`maxEnqueuedBytes`'],
    [{ startClosed: 1 }, '`startClosed`'],
    [{ debug: 'yes' }, '`debug`'],
    [{ wake: 0 }, '`wake`'],
    [{ closeMode: 'later' }, '`closeMode`'],
    [{ debugLogger: 1 }, '`debugLogger`'],
    [{ onEvent: 1 }, '`onEvent`'],
    [{ shouldReconnectOnClose: true }, '`shouldReconnectOnClose`'],
    [{ minReconnectionDelay: -1 }, '`minReconnectionDelay`'],
    [{ maxReconnectionDelay: -1 }, '`maxReconnectionDelay`'],
    [{ reconnectionDelayGrowFactor: 0.5 }, '`reconnectionDelayGrowFactor`'],
    [{ minUptime: 1, stableAfterMs: 1 }, '`minUptime` must be left out: `stableAfterMs`'],
    [{ connectionTimeout: 1, connectTimeoutMs: 1 }, '`connectionTimeout` must be left out'],
    [{ connectionTimeout: 0 }, '`connectTimeoutMs`'],
    [{ minReconnectionDelay: 1, backoff: () => 1 }, '`backoff` must be left out'],
    [{ heartbeat: { intervalMs: 0 } }, '`heartbeat.intervalMs`'],
    [{ WebSocket: 1 }, '`WebSocket`'],
  ])('refuses %o', (options, message) => {
    const create = () =>
      new ReconnectingWebSocket('ws://127.0.0.1:1', [], { WebSocket, ...options });
    expect(create).toThrow(message);
    expect(create).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTION' }));
  });

  it('refuses options that are none', () => {
    const create = () => new ReconnectingWebSocket('ws://127.0.0.1:1', [], 'debug' as never);
    expect(create).toThrow('`options` must be an object');
  });
});

/** What a server answers to an upgrade with this key. */
function upgradeFor(key: string): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept.digest('base64')}`,
    '\r\n',
  ].join('\r\n');
}
