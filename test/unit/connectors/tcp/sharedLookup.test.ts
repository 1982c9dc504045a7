import dns from 'node:dns';
import { createServer, type LookupFunction } from 'node:net';
import { Break } from 'schmoozer';
import { isRetryableTcpError, tcpConnector } from 'schmoozer/tcp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sharedLookup } from '../../../../src/connectors/tcp/sharedLookup.js';
import { firstAttempt } from '../../../support/attempt.js';
import { listening, rejection } from '../../../support/loopback.js';

type Callback = Parameters<LookupFunction>[2];
type Answer = (done: (...answer: unknown[]) => void) => unknown;

/** A `lookup` that answers what no type would let it answer. */
const answering =
  (answer: Answer): LookupFunction =>
  (_name, _options, done) =>
    void answer(done as unknown as (...answer: unknown[]) => void);

const v4 = { address: '127.0.0.1', family: 4 };
const connect = (port: number, lookup: LookupFunction, socketOptions = {}) => {
  const run = async () => Break();
  const connector = tcpConnector({ host: 'name.test', port, lookup, socketOptions, run });
  return connector.connect(firstAttempt().attempt);
};

/** What a look-up answers, as Node asks for it. */
function ask(lookup: LookupFunction, name = 'name.test', all = true): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const done: Callback = (error, ...answer) => {
      if (error) reject(error);
      else resolve(all ? answer[0] : answer);
    };
    lookup(name, { all }, done);
  });
}

describe('a lookup that answers oddly', () => {
  const asynchronously =
    (answer: Answer): Answer =>
    (done) =>
      setImmediate(() => answer(done));

  const odd: [what: string, answer: Answer][] = [
    ['an empty list', (done) => done(null, [])],
    ['undefined', (done) => done(null, undefined)],
    ['null', (done) => done(null, null)],
    ['nothing', (done) => done()],
    ['a list of nothing', (done) => done(null, [null, undefined, {}, 42])],
  ];

  it.each(odd)('%s: ENOTFOUND, which is retried, and the process lives', async (_what, answer) => {
    for (const how of [answer, asynchronously(answer)]) {
      for (const options of [{}, { family: 4 }]) {
        const error = await rejection(connect(1, answering(how), options));
        expect(error).toMatchObject({
          code: 'ENOTFOUND',
          hostname: 'name.test',
          message: 'getaddrinfo ENOTFOUND name.test',
        });
        expect(isRetryableTcpError(error)).toBe(true);
      }
    }
  });

  it('an address that is none: what Node says of it', async () => {
    for (const answer of ['x', [{ address: 'x', family: 4 }]]) {
      const lookup = answering((done) => done(null, answer, 4));
      for (const options of [{}, { family: 4 }]) {
        expect(await rejection(connect(1, lookup, options))).toMatchObject({
          code: 'ERR_INVALID_IP_ADDRESS',
        });
      }
    }
  });

  it.each<[what: string, answer: Answer]>([
    ['one address, where a list was asked for', (done) => done(null, '127.0.0.1', 4)],
    ['an object, where a list was asked for', (done) => done(null, v4)],
    ['a list of texts', (done) => done(null, ['127.0.0.1'])],
    ['a list, where one address was asked for', (done) => done(null, [v4])],
    [
      'a list with gaps, and families of other kinds',
      (done) => done(null, [null, { ...v4, family: 'IPv4' }]),
    ],
    [
      'twice',
      (done) => {
        done(null, [v4]);
        done(null, [v4]);
        done(new Error('late'));
      },
    ],
    [
      'and throws afterwards',
      (done) => {
        done(null, [v4]);
        throw new Error('late');
      },
    ],
  ])('%s: connects', async (_what, answer) => {
    const port = await listening(createServer());
    for (const options of [{}, { family: 4 }, { autoSelectFamily: false }]) {
      const socket = await connect(port, answering(answer), options);
      expect(socket.remoteAddress).toBe('127.0.0.1');
      socket.destroy();
    }
  });

  it('an error, or what it throws: the attempt fails with it', async () => {
    const error = new Error('odd');
    const throwing = answering(() => {
      throw error;
    });
    const rejecting = (async () => {
      throw error;
    }) as unknown as LookupFunction;
    for (const lookup of [answering((done) => done(error)), throwing, rejecting]) {
      expect(await rejection(connect(1, lookup))).toBe(error);
    }
  });

  it.each([undefined, null, 0, ''])(
    'throws %j: ENOTFOUND, and the process lives',
    async (nothing) => {
      const throwing = answering(() => {
        throw nothing;
      });
      const rejecting = (() => Promise.reject(nothing)) as unknown as LookupFunction;
      for (const lookup of [throwing, rejecting]) {
        expect(await rejection(connect(1, lookup))).toMatchObject({ code: 'ENOTFOUND' });
      }
    },
  );

  it('never: an abort ends the attempt', async () => {
    const { attempt, abort, listeners } = firstAttempt();
    const run = async () => Break();
    const lookup = answering(() => {});
    const connecting = rejection(
      tcpConnector({ host: 'name.test', port: 1, lookup, run }).connect(attempt),
    );
    await new Promise(setImmediate);
    abort('enough');
    expect(await connecting).toBe('enough');
    expect(listeners()).toBe(0);
  });
});

describe('a name', () => {
  afterEach(() => void vi.restoreAllMocks());

  function slow() {
    const waiting: { readonly name: string; readonly done: Callback }[] = [];
    const lookup: LookupFunction = (name, _options, done) => void waiting.push({ name, done });
    return { waiting, lookup };
  }

  it('is asked for once at a time, by whichever connector, and anew afterwards', async () => {
    const { waiting, lookup } = slow();
    const asked = [ask(sharedLookup(lookup)), ask(sharedLookup(lookup))];
    expect(waiting).toHaveLength(1);
    waiting[0]?.done(null, [v4]);
    expect(await Promise.all(asked)).toEqual([[v4], [v4]]);
    const again = ask(sharedLookup(lookup));
    expect(waiting).toHaveLength(2);
    waiting[1]?.done(new Error('odd'), []);
    expect(await rejection(again)).toEqual(new Error('odd'));
    void ask(sharedLookup(lookup));
    expect(waiting).toHaveLength(3);
  });

  it('is another with another name, other options or another lookup', () => {
    const { waiting, lookup } = slow();
    const other = slow();
    void ask(sharedLookup(lookup));
    void ask(sharedLookup(lookup), 'other.test');
    void ask(sharedLookup(lookup), 'name.test', false);
    void ask(sharedLookup(other.lookup));
    expect([waiting.length, other.waiting.length]).toEqual([3, 1]);
  });

  it('whose look-up has not answered for a minute is asked for again', async () => {
    const { waiting, lookup } = slow();
    let nowMs = 1000;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const first = ask(sharedLookup(lookup));
    nowMs += 59_999;
    void ask(sharedLookup(lookup));
    expect(waiting).toHaveLength(1);
    nowMs += 1;
    const second = ask(sharedLookup(lookup));
    expect(waiting).toHaveLength(2);
    // The late answer of the first is its own, and leaves the second to be shared.
    waiting[0]?.done(null, '127.0.0.9', 4);
    expect(await first).toEqual([{ address: '127.0.0.9', family: 4 }]);
    const third = ask(sharedLookup(lookup));
    expect(waiting).toHaveLength(2);
    waiting[1]?.done(null, [v4]);
    expect(await Promise.all([second, third])).toEqual([[v4], [v4]]);
  });

  it('is asked of `dns.lookup` as it is then, when there is no other', async () => {
    const asked = vi.spyOn(dns, 'lookup');

    asked.mockImplementation(((_name: string, _options: object, done: Callback) =>
      done(null, [v4])) as unknown as typeof dns.lookup);
    expect(await ask(sharedLookup(undefined))).toEqual([v4]);
    expect(asked).toHaveBeenCalledTimes(1);
  });
});
