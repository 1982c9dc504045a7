import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { constantBackoff, createReconnectActor, type ReconnectEmitted, run } from 'schmoozer';
import { eventStream, type EventStreamOptions, isRetryableEventStreamError } from 'schmoozer/sse';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { firstAttempt } from '../../../support/attempt.js';
import { closedPort, listening, rejection } from '../../../support/loopback.js';
import { ask, tellsPeer } from '../../../support/peerSuite.js';
import { until } from '../../../support/until.js';

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

const TYPE = { 'content-type': 'text/event-stream' };
const stream =
  (...pieces: (string | Buffer)[]): Answer =>
  async (response) => {
    response.writeHead(200, TYPE).flushHeaders();
    for (const piece of pieces) {
      await new Promise(setImmediate);
      response.write(piece);
    }
  };
const ended =
  (text: string): Answer =>
  (response) =>
    response.writeHead(200, TYPE).end(text);
const gone: Answer = (response) => response.writeHead(204).end();

/** A server that answers with these, one after the other. */
async function serverOf(...answers: Answer[]) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answers[requests.length - 1]?.(response, request);
  });
  const url = `http://127.0.0.1:${await listening(server)}/`;
  onTestFinished(() => server.closeAllConnections());
  return { url, requests };
}

/** A link, what its handler has seen, and its events. */
function linkOf(options: Partial<EventStreamOptions> & { url: EventStreamOptions['url'] }) {
  const seen: [string, string, string][] = [];
  const sessions: { gap: boolean; after: string }[] = [];
  const emitted: ReconnectEmitted[] = [];
  const connector = eventStream({
    onSession: ({ gap, after }) => void sessions.push({ gap, after }),
    onMessage: ({ type, data, lastEventId }) => void seen.push([type, data, lastEventId]),
    ...options,
  });
  const actor = createReconnectActor(connector, {
    backoff: constantBackoff(5),
    random: () => 0,
    stableAfterMs: 0,
  });
  actor.on('*', (event) => void emitted.push(event));
  const over = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
  actor.start();
  const stop = () => {
    if (actor.getSnapshot().status === 'active') actor.send({ type: 'stop' });
    return over;
  };
  onTestFinished(stop);
  const delays = () =>
    emitted.flatMap((event) => (event.type === 'retry.scheduled' ? [event.delayMs] : []));
  const errors = () =>
    emitted.flatMap((event) => (event.type === 'retry.scheduled' ? [event.error] : []));
  return { actor, seen, sessions, emitted, over, stop, delays, errors };
}

describe('a stream', () => {
  it('brings events by their type, in UTF-8 without its mark, however the bytes are cut', async () => {
    const bytes = Buffer.from('\ufeffdata: h\u00fc\r\n\r\nevent: x\rdata: 漢\r\r');
    const pieces = Array.from(bytes, (byte) => Buffer.of(byte));
    const { url } = await serverOf(stream(...pieces));
    const link = linkOf({ url });
    await until('both', () => link.seen.length === 2);
    expect(link.seen).toEqual([
      ['message', 'hü', ''],
      ['x', '漢', ''],
    ]);
    expect(link.sessions).toEqual([{ gap: false, after: '' }]);
  });

  it.each(['Text/Event-Stream', 'text/event-stream;charset=utf-8', ' TEXT/EVENT-STREAM ; a=b'])(
    'has the media type %s',
    async (type) => {
      const { url } = await serverOf((response) =>
        response.writeHead(200, { 'content-type': type }).write('data: a\n\n'),
      );
      const link = linkOf({ url });
      await until('it comes', () => link.seen.length === 1);
    },
  );

  it.each(['1', '…', '漢 字', 'a, b: c', '\'"\\%0A', '\u{1F600}'])(
    'goes on after the id %j, which goes out in UTF-8',
    async (id) => {
      const { url, requests } = await serverOf(ended(`id: ${id}\ndata: a\n\n`), gone);
      const link = linkOf({ url });
      await link.over;
      const sent = requests.map(({ headers }) => headers['last-event-id'] as string | undefined);
      expect(sent[0]).toBeUndefined();
      expect(Buffer.from(String(sent[1]), 'latin1').toString()).toBe(id);
    },
  );

  it('takes an id that no header can bear for none, and says that there is a gap', async () => {
    const { url, requests } = await serverOf(ended('id: \u0001\ndata: a\n\n'), stream());
    const link = linkOf({ url });
    await until('the second session', () => link.sessions.length === 2);
    expect(requests[1]?.headers['last-event-id']).toBeUndefined();
    expect(link.sessions[1]).toEqual({ gap: true, after: '' });
  });

  it('counts an id without data, and starts after the one that is given', async () => {
    const { url, requests } = await serverOf(
      ended('id: 8\n\n'),
      ended('data: a\n\nid: 9\n\n'),
      gone,
    );
    const link = linkOf({ url, lastEventId: '7' });
    await link.over;
    expect(requests.map(({ headers }) => headers['last-event-id'])).toEqual(['7', '8', '9']);
    expect(link.seen).toEqual([['message', 'a', '8']]);
    expect(link.sessions).toEqual([
      { gap: false, after: '7' },
      { gap: false, after: '8' },
    ]);
  });

  it('goes on after the last event that was handled: one that ends the session comes again', async () => {
    const two = 'id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\n\n';
    const { url, requests } = await serverOf(stream(two), gone);
    let isFirst = true;
    const link = linkOf({
      url,
      onMessageError: 'end',
      async onMessage({ data }) {
        if (data === 'b' && isFirst) {
          isFirst = false;
          throw new Error('not now');
        }
      },
    });
    await link.over;
    expect(requests[1]?.headers['last-event-id']).toBe('1');
    expect(link.errors().map(String)).toEqual(['Error: not now']);
  });

  it('completes at status 204', async () => {
    const { url } = await serverOf(gone);
    const connector = eventStream({ url, onMessage() {} });
    expect(await run(connector)).toEqual({ status: 'completed' });
  });

  it('is read no further than `readAheadBytes` while a handler works, and then to its end', async () => {
    const big = `data: ${'x'.repeat(1000)}\n\n`;
    const { url } = await serverOf(stream(big, big, big));
    let release!: () => void;
    const working = new Promise<void>((resolve) => (release = resolve));
    let count = 0;
    const link = linkOf({
      url,
      readAheadBytes: 10,
      silenceMs: 400,
      onMessage: () => (count++, working),
    });
    await until('one', () => count === 1);
    // Longer than a silence: what is not read says nothing of the peer.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(link.actor.getSnapshot().hasTag('online')).toBe(true);
    release();
    await until('all', () => count === 3);
  });

  it('ends when an event is too long, when it is old, and when the server is silent', async () => {
    const long = await serverOf(stream(`data: ${'x'.repeat(50)}\n\n`), gone);
    const first = linkOf({ url: long.url, maxEventLength: 20 });
    await first.over;
    expect(first.errors()).toMatchObject([{ code: 'ERR_EVENT_TOO_LONG' }]);

    const old = await serverOf(stream(), gone);
    const second = linkOf({ url: old.url, maxAgeMs: 30 });
    await second.over;
    expect(second.emitted.find(({ type }) => type === 'connection.closing')).toMatchObject({
      cause: 'lost',
    });

    const silent = await serverOf(stream(), gone);
    const third = linkOf({ url: silent.url, silenceMs: 40 });
    await third.over;
    expect(third.errors()).toMatchObject([{ code: 'ERR_SILENCE' }]);
  });

  it('leaves no timer behind', async () => {
    const clock = virtualClock();
    const { url } = await serverOf(stream('data: a\n\n'));
    const link = linkOf({ url, clock, maxAgeMs: 1000 });
    await until('it comes', () => link.seen.length === 1);
    expect(clock.pending).toHaveLength(2);
    await link.stop();
    expect(clock.pending).toEqual([]);
  });
});

describe('the next attempt', () => {
  it.each<[string, Answer]>([
    ['ends', ended('retry: 120\n\n')],
    [
      'is reset',
      (response) => {
        response.writeHead(200, TYPE).write('retry: 120\n\n');
        setTimeout(() => response.socket?.resetAndDestroy(), 50);
      },
    ],
  ])(
    'waits as `retry:` says when the stream %s, and when it is refused after that',
    async (_how, answer) => {
      const { url } = await serverOf(answer, (response) => response.destroy(), gone);
      const link = linkOf({ url });
      await link.over;
      expect(link.delays()).toEqual([120, 120]);
      expect(link.errors()).toMatchObject([
        { code: 'ERR_EVENT_STREAM_ENDED' },
        { code: 'ERR_EVENT_STREAM_OPEN' },
      ]);
    },
  );

  it('waits a day at most', async () => {
    const { url } = await serverOf(ended('retry: 99999999999999999999\n\n'));
    const link = linkOf({ url });
    await until('it waits', () => link.delays().length === 1);
    expect(link.delays()).toEqual([86_400_000]);
  });

  it('waits as Retry-After says, in seconds or as a date, rather than as `retry:`', async () => {
    const date = {
      date: 'Tue, 01 Jan 2030 00:00:00 GMT',
      'retry-after': 'Tue, 01 Jan 2030 00:00:01 GMT',
    };
    const { url } = await serverOf(
      ended('retry: 7\n\n'),
      (response) => response.writeHead(503, { 'retry-after': '1' }).end(),
      (response) => response.writeHead(429, date).end(),
      gone,
    );
    const link = linkOf({ url });
    await link.over;
    expect(link.delays()).toEqual([7, 1000, 1000]);
  });

  it('waits so with an `isRetryable` of the user, too', async () => {
    const later: Answer = (response) => response.writeHead(404, { 'retry-after': '1' }).end();
    const { url } = await serverOf(later, gone);
    const link = linkOf({ url, isRetryable: () => 'transient' });
    await link.over;
    expect(link.delays()).toEqual([1000]);
  });

  it('has no hint when `isRetryable` throws: the machine says so', async () => {
    const { url } = await serverOf((response) =>
      response.writeHead(503, { 'retry-after': '1' }).end(),
    );
    const error = new Error('bad table');
    const isRetryable = () => {
      throw error;
    };
    const failed = rejection(run(eventStream({ url, onMessage() {}, isRetryable })));
    expect(await failed).toMatchObject({ code: 'ERR_IS_RETRYABLE', cause: error });
  });

  it('has fresh answers: what a function says is what goes out, whatever the URL contains', async () => {
    const { url, requests } = await serverOf(ended(''), ended(''), gone);
    let n = 0;
    const withUser = url.replace('//', '//me:pa%C3%9F@');
    const link = linkOf({
      url: () => withUser,
      token: () => (++n === 2 ? undefined : `token-${n}`),
      headers: { 'x-api-key': 'k' },
      fetchOptions: () => ({ credentials: 'omit' }),
    });
    await link.over;
    const basic = `Basic ${Buffer.from('me:paß').toString('base64')}`;
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      basic,
      'Bearer token-3',
    ]);
    expect(requests[0]?.headers).toMatchObject({ accept: 'text/event-stream', 'x-api-key': 'k' });
  });

  it('comes though a function threw', async () => {
    const { url } = await serverOf(gone);
    let n = 0;
    const link = linkOf({
      url,
      token() {
        if (++n === 1) throw new TypeError('the token service is away');
        return 't';
      },
    });
    await link.over;
    expect(link.errors().map(String)).toEqual(['TypeError: the token service is away']);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('of status %i is followed', async (status) => {
    const { url, requests } = await serverOf(
      (response) => response.writeHead(status, { location: '/there' }).end(),
      gone,
    );
    await run(eventStream({ url, onMessage() {} }));
    expect(requests.map(({ url: path }) => path)).toEqual(['/', '/there']);
  });

  it('that never ends is followed 20 times, and is a failed attempt', async () => {
    const forever: Answer = (response) => response.writeHead(307, { location: '/' }).end();
    const { url, requests } = await serverOf(...Array.from({ length: 21 }, () => forever), gone);
    const link = linkOf({ url });
    await link.over;
    expect(link.errors()).toMatchObject([{ code: 'ERR_EVENT_STREAM_OPEN' }]);
    expect(requests).toHaveLength(22);
  });
});

describe('an attempt fails', () => {
  it.each([200, 400, 401, 403, 404, 501, 505])(
    'for good with status %i and no event stream',
    async (status) => {
      const { url } = await serverOf((response) => response.writeHead(status).end('no'));
      const error = await rejection(run(eventStream({ url: `${url}?key=secret`, onMessage() {} })));
      expect(error).toMatchObject({ code: 'ERR_EVENT_STREAM_REFUSED', statusCode: status });
      expect(String(error)).not.toContain('secret');
      expect(isRetryableEventStreamError(error)).toBe(false);
    },
  );

  it.each([408, 421, 425, 429, 500, 502, 503, 504])('for now with status %i', async (status) => {
    const { url } = await serverOf((response) => response.writeHead(status).end(), gone);
    expect(
      await run(eventStream({ url, onMessage() {} }), { backoff: constantBackoff(1) }),
    ).toEqual({
      status: 'completed',
    });
  });

  it('for good with another media type, and says which', async () => {
    const html: Answer = (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    const { url } = await serverOf(html);
    const error = await rejection(run(eventStream({ url, onMessage() {} })));
    expect(error).toMatchObject({ contentType: 'text/html', statusCode: 200 });
    expect(String(error)).toContain('answered 200, text/html');
  });

  it('for good where 200 has a media type and no body', async () => {
    const fetch = async () => new Response(null, { headers: TYPE });
    const error = await rejection(
      run(eventStream({ url: 'http://a.test/', onMessage() {}, fetch })),
    );
    expect(error).toMatchObject({ statusCode: 200 });
  });

  it('for now where nobody listens', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/`;
    const link = linkOf({ url });
    await until('an attempt has failed', () => link.errors().length > 0);
    expect(link.errors()[0]).toMatchObject({ code: 'ERR_EVENT_STREAM_OPEN' });
    expect(String(link.errors()[0])).toContain('ECONNREFUSED');
  });

  it('for good with a certificate that is not trusted, and with a request that cannot be made', async () => {
    const failing = (error: unknown) =>
      rejection(
        run(
          eventStream({
            url: 'https://a.test/',
            onMessage() {},
            fetch: () => Promise.reject(error),
          }),
        ),
      );
    const cause = Object.assign(new Error('unknown'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    for (const error of [
      new TypeError('fetch failed', { cause }),
      cause,
      new TypeError('bad method'),
    ]) {
      expect(isRetryableEventStreamError(await failing(error))).toBe(false);
    }
    // What is thrown may be anything.
    const url = 'https://a.test/';
    const link = linkOf({ url, fetch: () => Promise.reject(undefined) });
    await until('an attempt has failed', () => link.errors().length > 0);
  });

  it('by its abort, and not by what `fetch` says then', async () => {
    const { url, requests } = await serverOf(() => {});
    const link = linkOf({ url });
    await until('it is asked', () => requests.length === 1);
    const closed = once((requests[0] as IncomingMessage).socket, 'close');
    await link.stop();
    await closed;
    expect(link.actor.getSnapshot().output).toMatchObject({ status: 'stopped' });
  });
});

describe('the options', () => {
  const url = 'https://me:secret@a.test:8443/';
  const onMessage = () => {};

  const http = { protocol: 'http', transport: 'tcp' };
  tellsPeer('eventStream', (at) => eventStream({ url: at, onMessage }), [
    [url, 'a.test:8443', { ...http, address: 'a.test', port: 8443 }],
    ['http://a.test', 'a.test:80', { ...http, address: 'a.test', port: 80 }],
    ['https://me:secret@[::1]', '::1:443', { ...http, address: '::1', port: 443 }],
  ]);

  it('say to whom it connects, if a function answers it, from the first attempt on', async () => {
    expect(eventStream({ url: new URL(url), onMessage }).limiterKey).toBe('a.test:8443');
    const fetch = () => Promise.reject(new Error('not here'));
    const connector = eventStream({ url: () => url, onMessage, fetch });
    expect([connector.limiterKey, ask(connector.peer)]).toEqual([undefined, http]);
    await rejection(connector.connect(firstAttempt().attempt));
    expect(ask(connector.peer)).toEqual({ ...http, address: 'a.test', port: 8443 });
  });

  it('contain how long to wait', () => {
    const retryDelay = () => 5;
    expect(eventStream({ url, onMessage, retryDelay }).retryDelay).toBe(retryDelay);
  });

  it.each<[string, unknown]>([
    ['url', undefined],
    ['url', 'secret'],
    ['url', 'ws://me:secret@a.test/'],
    ['lastEventId', 7],
    ['maxEventLength', 0],
    ['readAheadBytes', -1],
    ['silenceMs', 0],
    ['maxAgeMs', 0],
    ['fetch', {}],
    ['retryDelay', 5],
    ['isRetryable', true],
    ['maxInFlight', 2],
    ['onMesage', onMessage],
  ])('refuse `%s`: %s', (name, value) => {
    const call = () => eventStream({ url, onMessage, [name]: value } as never);
    expect(call).toThrow(`\`${name}\` must be`);
    expect(call).not.toThrow('secret');
  });

  it.each<[string, Partial<EventStreamOptions>]>([
    ['url', { url: () => 7 as never }],
    ['token', { token: () => 7 as never }],
    ['token', { token: () => 'sec\nret' }],
    ['headers', { headers: { 'x-a': 'sec\nret' } }],
    ['fetchOptions', { fetchOptions: () => null as never }],
    ['fetchOptions', { fetchOptions: { headers: { 'x-a': 'ret' } } as never }],
    ['fetchOptions', { fetchOptions: () => ({ signal: AbortSignal.abort() }) as never }],
    ['headers', { headers: { authorization: 'secret"' }, token: 'a' }],
    ['headers', { headers: { Authorization: 'secret"' }, url: 'http://me:secret@127.0.0.1' }],
  ])('are checked when a function answers: `%s`', async (name, options) => {
    const failed = String(await rejection(run(eventStream({ url, onMessage, ...options }))));
    expect(failed).toContain(`\`${name}\` must be`);
    expect(failed).not.toContain('ret"');
  });
});
