import { PassThrough } from 'node:stream';
import { ConnectTimeoutError, RetryLimitError } from 'schmoozer';
import { UpgradeRefusedError } from 'schmoozer/websocket';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../src/commandError.js';
import { explain } from '../src/explain.js';
import { parseTarget } from '../src/parseTarget.js';
import { type CommandEvent, humanLine, jsonLine } from '../src/report.js';
import { reporter } from '../src/reporter.js';

const tls = parseTarget('tls://localhost:7000');
const withCode = (code: unknown, message = 'message') =>
  Object.assign(new Error(message), { code });

describe('an error, explained', () => {
  it.each([
    ['without a code', new Error('x'), { code: null, message: 'x', hint: null }],
    ['with a number as its code', withCode(20), { code: null, message: 'message', hint: null }],
    ['that is a string', 'x', { code: null, message: 'x', hint: null }],
    ['that is undefined', undefined, { code: null, message: 'undefined', hint: null }],
    ['that is ours', new CommandError('ERR_INPUT', 'x', 'y'), { code: 'ERR_INPUT', hint: 'y' }],
    ['of a refusal', withCode('ECONNREFUSED'), { hint: expect.stringContaining('host and port') }],
    [
      'of OpenSSL',
      withCode('ERR_SSL_WRONG_VERSION_NUMBER', '0029:error:0A00010B:SSL routines'),
      {
        message: 'the peer does not speak TLS on this port',
        hint: 'use tcp:// when the server does not speak TLS',
      },
    ],
    [
      'of a later OpenSSL',
      withCode('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'),
      { message: 'no common cipher, or no client certificate', hint: expect.any(String) },
    ],
    ['of OpenSSL, unknown', withCode('ERR_SSL_NEW'), { message: 'message', hint: null }],
    [
      'of the HTTP parser',
      withCode('HPE_INVALID_CONSTANT'),
      { hint: 'use tcp:// when the server does not speak WebSocket' },
    ],
    [
      'of a refused upgrade, with the reason',
      new UpgradeRefusedError('ws://h/', 404),
      {
        message: 'ws://h/ answered the WebSocket upgrade with HTTP 404: nothing is at this path',
        hint: expect.stringContaining('the path'),
      },
    ],
    [
      'of an upgrade that `ws` refuses, with both reasons',
      new UpgradeRefusedError('ws://h/', 101, undefined, new Error('Invalid Upgrade header')),
      {
        message:
          'ws://h/ answered the WebSocket upgrade with HTTP 101: the answer does not match this ' +
          'upgrade: key, subprotocol or extension: Invalid Upgrade header',
      },
    ],
    [
      'of an upgrade refused with a status of no class',
      new UpgradeRefusedError('ws://h/', 799),
      { message: 'ws://h/ answered the WebSocket upgrade with HTTP 799' },
    ],
    [
      'of a limit, with its cause',
      new RetryLimitError('gave up', new ConnectTimeoutError(5)),
      {
        code: 'ERR_RETRY_LIMIT',
        message: 'gave up: connect did not settle within 5 ms',
        hint: expect.stringContaining('--connect-timeout'),
      },
    ],
    [
      'of a limit, without a cause',
      new RetryLimitError('gave up', undefined),
      { code: 'ERR_RETRY_LIMIT', message: 'gave up' },
    ],
    [
      'of several addresses',
      new AggregateError([withCode('ECONNREFUSED', 'connect ::1'), new Error('y')]),
      { code: 'ECONNREFUSED', message: 'connect ::1' },
    ],
    [
      'of several addresses, which says what each of them said',
      new AggregateError([withCode('ECONNREFUSED', 'connect ::1')], 'connect to h failed: both'),
      { code: 'ECONNREFUSED', message: 'connect to h failed: both', hint: expect.any(String) },
    ],
    ['of no address', new AggregateError([], 'none'), { code: null, message: 'none' }],
  ])('%s', (_title, error, expected) => expect(explain(error, tls)).toMatchObject(expected));

  it('names the scheme without TLS that fits', () => {
    const { hint } = explain(withCode('EPROTO'), parseTarget('wss://localhost'));
    expect(hint).toBe('use ws:// when the server does not speak TLS');
  });
});

const error = { code: 'E', message: 'broken', hint: 'mend it' };
const waiting: CommandEvent = { event: 'waiting', attempt: 1, delayMs: 950, error };
const disconnected: CommandEvent = { event: 'disconnected', epoch: 1, cause: 'retryable', error };
const stopped: CommandEvent = {
  event: 'stopped',
  status: 'completed',
  exitCode: 0,
  sent: 2,
  lost: 0,
  error: null,
};

describe('an event in words', () => {
  it.each<[CommandEvent, string, CommandEvent?]>([
    [{ event: 'connecting', url: 'tcp://a:1', attempt: 0, epoch: 1 }, 'connecting to tcp://a:1'],
    [{ event: 'connected', url: 'tcp://a:1', epoch: 1 }, 'connected'],
    [{ event: 'connected', url: 'tcp://a:1', epoch: 2 }, 'connected, session 2'],
    [disconnected, 'disconnected: broken'],
    [
      { ...disconnected, cause: 'continue', error: null },
      'disconnected: the server ended the session',
    ],
    [waiting, 'broken; next attempt in 950 ms\n  mend it'],
    [{ ...waiting, attempt: 2 }, 'broken; next attempt in 950 ms'],
    [{ ...waiting, error: { ...error, hint: null } }, 'broken; next attempt in 950 ms'],
    [{ ...waiting, error: null }, 'next attempt in 950 ms'],
    [{ ...waiting, error: null, delayMs: 1260 }, 'next attempt in 1.3 s'],
    [waiting, 'next attempt in 950 ms', disconnected],
    [{ event: 'warning', error }, 'warning: broken'],
    [{ event: 'lost', lines: 1, why: 'unsent' }, '1 line not sent'],
    [{ event: 'lost', lines: 2, why: 'overflow' }, '2 lines dropped: the buffer is full'],
    [{ event: 'unfinished', bytes: 2 }, '2 bytes of a line that the server did not finish dropped'],
    [
      { event: 'stopping', signal: 'SIGINT' },
      'sending the remaining lines; a second signal exits at once',
    ],
    [stopped, 'ended, 2 lines sent'],
    [
      { ...stopped, sent: 1, lost: 3, error },
      'error: broken\n  mend it\nended, 1 line sent, 3 lost',
    ],
    [{ ...stopped, error: { ...error, hint: null } }, 'error: broken\nended, 2 lines sent'],
  ])('%j', (event, words, previous) => {
    expect(humanLine(event, previous)).toMatch(words);
  });
});

describe('the reporter', () => {
  function told(options: {
    tty?: boolean;
    env?: Record<string, string>;
    json?: boolean;
    quiet?: boolean;
    event?: CommandEvent;
  }): string {
    const stderr = Object.assign(new PassThrough(), { isTTY: options.tty ?? false });
    const now = () => new Date(0);
    reporter({ stderr, env: options.env ?? {}, now }, options)(options.event ?? waiting);
    return String(stderr.read() ?? '');
  }
  const plain = 'schmoozer: broken; next attempt in 950 ms\nschmoozer:   mend it\n';

  it('writes words with its name before each line', () => expect(told({})).toBe(plain));

  it('colours them on a terminal, unless NO_COLOR or a dumb terminal says no', () => {
    expect(told({ tty: true })).toBe(`\u001B[2m${plain.trimEnd()}\u001B[22m\n`);
    expect(told({ tty: true, env: { NO_COLOR: '1' } })).toBe(plain);
    expect(told({ tty: true, env: { TERM: 'dumb' } })).toBe(plain);
  });

  it('writes JSON, one object a line, time first', () => {
    expect(told({ json: true, tty: true })).toBe(`${jsonLine(waiting, new Date(0))}\n`);
    expect(jsonLine(waiting, new Date(0))).toBe(
      '{"time":"1970-01-01T00:00:00.000Z","event":"waiting","attempt":1,"delayMs":950,"error":{"code":"E","message":"broken","hint":"mend it"}}',
    );
  });

  it.each([
    [waiting, false],
    [{ event: 'connected', url: 'tcp://h:1', epoch: 1 }, false],
    [{ event: 'warning', error }, true],
    [{ event: 'lost', lines: 1, why: 'cut' }, true],
    [{ event: 'unfinished', bytes: 1 }, true],
    [{ ...stopped, exitCode: 0 }, false],
    [{ ...stopped, exitCode: 1 }, true],
  ] as const)('tells %j with --quiet: %s', (event, isTold) => {
    for (const json of [true, false]) {
      expect(told({ quiet: true, json, event }) !== '').toBe(isTold);
    }
  });
});
