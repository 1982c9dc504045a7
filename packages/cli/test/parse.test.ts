import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Continue, FailureContext } from 'schmoozer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseBackoff } from '../src/parseBackoff.js';
import { parseTarget } from '../src/parseTarget.js';
import { parseProxy } from '../src/parseProxy.js';
import {
  parseCertificates,
  parseCount,
  parseDuration,
  parseDurationOrOff,
  parseFailFast,
  parseHeader,
  parseKey,
  parseLimit,
  parseOverflow,
  parseProtocol,
  parseSize,
  parseTextLines,
} from '../src/parseValues.js';
import { certificateFor } from '../../../test/support/certificate.js';

/** A file with this in it, for the test. */
function temporary(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'schmoozer-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe('a time', () => {
  it.each([
    ['250', 250],
    ['250ms', 250],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1', 1],
    ['2147483647', 2_147_483_647],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text, 1)).toBe(ms));

  it.each(['', 's', '-1', '1d', '1e3', ' 1', '0.1', '0', '2147483648', '600h', 'Infinity'])(
    '%j is none from 1 ms on',
    (text) => expect(() => parseDuration(text, 1)).toThrow(InvalidArgumentError),
  );

  it('may be 0 where that is the bound', () => expect(parseDuration('0', 0)).toBe(0));
});

describe('a time that may be off', () => {
  it('is false then', () => {
    expect([parseDurationOrOff('off', 1), parseDurationOrOff('2s', 1)]).toEqual([false, 2000]);
    expect(() => parseDurationOrOff('3s', 1000, 2000)).toThrow('a time from 1000 to 2000 ms');
  });
});

describe('a limit', () => {
  it('may be never', () =>
    expect([parseLimit('never', 5), parseLimit('5', 5)]).toEqual([Infinity, 5]));
});

describe('failing fast', () => {
  it('is one of three', () => {
    for (const when of ['startup', 'always', 'never']) expect(parseFailFast(when)).toBe(when);
    expect(() => parseFailFast('soon')).toThrow('Expected startup, always or never.');
  });
});

describe('a header', () => {
  it('is added to those before', () => {
    expect(parseHeader('b:  2:3', parseHeader('A: 1'))).toEqual({ A: '1', b: '2:3' });
    expect(parseHeader('Empty:')).toEqual({ Empty: '' });
  });

  it('comes from a file', () => {
    const file = temporary('headers', 'Authorization: Bearer secret\r\n\nX-Two: 2\n');
    expect(parseHeader(`@${file}`)).toEqual({ Authorization: 'Bearer secret', 'X-Two': '2' });
    expect(() => parseHeader('@missing')).toThrow(/^Expected a file: ENOENT/);
  });

  it.each(['secret', ': secret', 'a b: secret', 'X: secret\nY: 1', '@'])(
    '%j is none, and is not repeated',
    (text) => {
      expect(() => parseHeader(text)).toThrow(InvalidArgumentError);
      expect(() => parseHeader(text)).not.toThrow(/secret/);
    },
  );

  it.each(['Upgrade: h2c', 'connection: close', 'Sec-WebSocket-Protocol: chat'])(
    '%s is for the upgrade to say',
    (text) => expect(() => parseHeader(text)).toThrow('see --protocol'),
  );
});

describe('a subprotocol', () => {
  it('is a token that was not there before', () => {
    expect(parseProtocol('chat', ['x'])).toEqual(['x', 'chat']);
    expect(parseProtocol('chat')).toEqual(['chat']);
    for (const text of ['', 'a b', 'x', 'a,b']) {
      expect(() => parseProtocol(text, ['x'])).toThrow('without duplicates');
    }
  });
});

describe('lines of a file', () => {
  it('are without their ends', () => {
    expect(parseTextLines(temporary('lines', 'one\r\n\ntwo'))).toEqual(['one', '', 'two']);
    expect(parseTextLines(temporary('lines', 'one\n'))).toEqual(['one']);
  });
});

describe('a private key', () => {
  it('is read, and must be one', async () => {
    const { key } = await certificateFor('client.test');
    expect(parseKey(temporary('key', key))).toBe(key);
    expect(() => parseKey(temporary('key', 'secret'))).toThrow(
      /^Expected a PEM file with a private key that has no passphrase: (?!.*secret)/,
    );
  });
});

describe('a proxy', () => {
  it.each([
    ['http://127.0.0.1:8888', { scheme: 'http', host: '127.0.0.1', port: 8888 }],
    ['http://proxy.example/', { scheme: 'http', host: 'proxy.example', port: 80 }],
    ['http://:t@h', { scheme: 'http', host: 'h', port: 80, user: '', password: 't' }],
    [
      'socks5://me:p%40ss@[::1]',
      { scheme: 'socks5', host: '::1', port: 1080, user: 'me', password: 'p@ss' },
    ],
  ])('%s', (text, proxy) => expect(parseProxy(text)).toEqual(proxy));

  it.each([
    'secret',
    'https://secret',
    'socks4://secret',
    'http://h/secret',
    'http://h?secret',
    'socks5://',
    'socks5://:secret@h',
    'http://secret%zz@h',
    'http://h/#secret',
  ])('%s is none, and is not repeated', (text) => {
    expect(() => parseProxy(text)).toThrow(/^Expected http:\/\//);
    expect(() => parseProxy(text)).not.toThrow(/secret/);
  });
});

describe('a count', () => {
  it('is a whole number within its bounds', () => {
    expect([parseCount('1', 1, 10), parseCount('10', 1, 10)]).toEqual([1, 10]);
    for (const text of ['0', '11', '1.5', '-1', '', 'x', '1e1']) {
      expect(() => parseCount(text, 1, 10)).toThrow('Expected an integer from 1 to 10.');
    }
  });
});

describe('a size', () => {
  it.each([
    ['1', 1],
    ['65536B', 65_536],
    ['64KiB', 65_536],
    ['16MiB', 16_777_216],
    ['1GiB', 1_073_741_824],
  ])('%s is %i bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['0', '2GiB', '1073741825', '1kb', '1.5MiB', '', '-1'])('%j is none', (text) =>
    expect(() => parseSize(text)).toThrow('Expected a size from 1 to 1073741824 bytes'),
  );
});

describe('a backoff', () => {
  const delays = (text: string) => {
    const backoff = parseBackoff(text);
    return [1, 2, 3, 4].map((attempt) => {
      const failure = {
        phase: 'connect',
        attempt,
        previousDelayMs: 0,
        downMs: 0,
      } as FailureContext;
      return (backoff(failure, () => 1 - Number.EPSILON) as Continue<number>).payload;
    });
  };

  it.each([
    ['exponential', [2000, 4000, 8000, 16_000]],
    ['exponential:100', [100, 200, 400, 800]],
    ['exponential:1m', [60_000, 60_000, 60_000, 60_000]],
    ['exponential:100,250ms', [100, 200, 250, 250]],
    ['constant:1s', [1000, 1000, 1000, 1000]],
    ['constant:1', [1, 1, 1, 1]],
    ['sequence:0,1000,5s', [0, 1000, 5000, 5000]],
  ])('%s waits %j at the most', (text, expected) => {
    expect(delays(text).map((ms) => Math.round(ms))).toEqual(expected);
  });

  it.each([
    '',
    'none',
    'constant',
    'constant:',
    'constant:1,2',
    'constant:0',
    'sequence',
    'sequence:1,,2',
    'sequence:5,0',
    'exponential:0',
    'exponential:1,2,3',
    'exponential:2s,1s',
    'exponential:0,5',
    'constant:Infinity',
  ])('%j is none', (text) => expect(() => parseBackoff(text)).toThrow(InvalidArgumentError));
});

describe('an overflow policy', () => {
  it('is one of three', () => {
    for (const policy of ['wait', 'drop-oldest', 'drop-newest']) {
      expect(parseOverflow(policy)).toBe(policy);
    }
    expect(() => parseOverflow('drop')).toThrow('Expected wait, drop-oldest or drop-newest.');
  });
});

describe('an address', () => {
  it.each([
    ['tcp://localhost:7000', { scheme: 'tcp', address: { host: 'localhost', port: 7000 } }],
    ['TLS://Example.com:6697/', { scheme: 'tls', address: { host: 'Example.com', port: 6697 } }],
    ['unix:/run/app.sock', { scheme: 'unix', address: { path: '/run/app.sock' } }],
    ['UNIX:///run/app.sock', { scheme: 'unix', shown: 'unix:/run/app.sock' }],
    ['unix:a\u202Eb\u009B', { shown: 'unix:a\\u{202E}b\\u{9B}' }],
    ['unix:app.sock', { scheme: 'unix', address: { path: 'app.sock' } }],
    [
      'tcp://[::1]:65535',
      { scheme: 'tcp', address: { host: '::1', port: 65_535 }, shown: 'tcp://[::1]:65535' },
    ],
    [
      'ws://example.com',
      { scheme: 'ws', address: { host: 'example.com', port: 80 }, shown: 'ws://example.com/' },
    ],
    [
      'wss://example.com:8443/a',
      { scheme: 'wss', address: { port: 8443 }, shown: 'wss://example.com:8443/a' },
    ],
    [
      'wss://user:secret@example.com/a?token=secret',
      {
        address: { host: 'example.com', port: 443 },
        href: 'wss://user:secret@example.com/a?token=secret',
        shown: 'wss://example.com/a',
      },
    ],
  ])('%s', (text, expected) => expect(parseTarget(text)).toMatchObject(expected));

  it.each([
    ['unix:', 'a path of 1 to 107 bytes'],
    [`unix:/${'x'.repeat(107)}`, 'a path of 1 to 107 bytes'],
    ['unix:/a\0b', 'a path of 1 to 107 bytes'],
    ['localhost:7000', 'begins with tcp://, tls://, unix:, ws:// or wss://'],
    ['http://localhost', 'begins with tcp://, tls://, unix:, ws:// or wss://'],
    ['tcp:localhost:7000', 'begins with tcp://, tls://, unix:, ws:// or wss://'],
    [
      'tcp://localhost',
      'The port is missing: write it after the host, such as tcp://localhost:7000',
    ],
    ['tls://localhost:0', 'The port must be from 1 to 65535.'],
    ['ws://localhost:0', 'The port must be from 1 to 65535.'],
    ['tcp://localhost:65536', 'a host and a port from 1 to 65535'],
    ['tcp://:7000', 'a host and a port from 1 to 65535'],
    ['tcp://', 'a host and a port from 1 to 65535'],
    ['ws://', 'a host and a port from 1 to 65535'],
    ['tcp://localhost:7000/path', 'a host and a port and nothing else'],
    ['tcp://user@localhost:7000', 'a host and a port and nothing else'],
    ['tls://:secret@localhost:7000', 'a host and a port and nothing else'],
    ['tcp://localhost:7000?q', 'a host and a port and nothing else'],
    ['ws://localhost/#top', 'A fragment'],
  ])('%s is none', (text, message) => {
    expect(() => parseTarget(text)).toThrow(InvalidArgumentError);
    expect(() => parseTarget(text)).toThrow(message);
  });
});

describe('a file of certificates', () => {
  it('is read, and must begin with a certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'schmoozer-ca-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { cert } = await certificateFor('server.test');
    writeFileSync(join(folder, 'ca.pem'), cert);
    writeFileSync(join(folder, 'not.pem'), 'hello');
    expect(parseCertificates(join(folder, 'ca.pem'))).toBe(cert);
    for (const name of ['not.pem', 'missing.pem', '']) {
      expect(() => parseCertificates(join(folder, name))).toThrow(
        'Expected a PEM file that begins with a certificate',
      );
    }
  });
});
