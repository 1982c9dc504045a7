import { Break, InvalidOptionError } from 'schmoozer';
import { type Clock, tcpConnector, type TcpConnectorOptions } from 'schmoozer/tcp';
import { describe, expect, it } from 'vitest';

const good: TcpConnectorOptions = { host: 'localhost', port: 7000, run: async () => Break() };

const bad: [option: string, value: unknown, message: string][] = [
  ['host', '', '`host` must be a string that is not empty; received a string of 0 characters'],
  ...[
    'tls://user:hunter2@h:1',
    'user:hunter2@h',
    'hunter2@h',
    'h/hunter2',
    'h?hunter2',
    'h#hunter2',
    'h hunter2',
    'h\u001B[31m',
    'h\u202Ehunter2',
    'h:7000',
    '[::1]',
    'fe80::1%a/b',
  ].map((host): [option: string, value: unknown, message: string] => [
    'host',
    host,
    `\`host\` must be only a name or an address; received a string of ${host.length} characters`,
  ]),
  ['host', undefined, '`host` must be a string that is not empty; received undefined'],
  ['port', 0, '`port` must be an integer from 1 to 65535; received 0'],
  ['port', 65_536, '`port` must be an integer from 1 to 65535; received 65536'],
  ['port', 1.5, '`port` must be an integer from 1 to 65535; received 1.5'],
  ['port', '7000', '`port` must be an integer from 1 to 65535; received "7000"'],
  [
    'tls',
    'yes',
    '`tls` must be true, false or an object of TLS options; received a string of 3 characters',
  ],
  ['tls', null, '`tls` must be true, false or an object of TLS options; received null'],
  ['noDelay', 1, '`noDelay` must be true or false; received 1'],
  ['keepAlive', 'on', '`keepAlive` must be true or false; received "on"'],
  [
    'keepAliveDelayMs',
    999,
    '`keepAliveDelayMs` must be a number from 1000 to 32767000; received 999',
  ],
  [
    'keepAliveDelayMs',
    32_767_001,
    '`keepAliveDelayMs` must be a number from 1000 to 32767000; received 32767001',
  ],
  ['closeTimeoutMs', -1, '`closeTimeoutMs` must be a number from 0 to 2147483647; received -1'],
  ['closeTimeoutMs', NaN, '`closeTimeoutMs` must be a number from 0 to 2147483647; received NaN'],
  [
    'closeTimeoutMs',
    2 ** 31,
    '`closeTimeoutMs` must be a number from 0 to 2147483647; received 2147483648',
  ],
  ['readAheadBytes', -1, '`readAheadBytes` must be a number >= 0; received -1'],
  ['readAheadBytes', '1MB', '`readAheadBytes` must be a number >= 0; received "1MB"'],
  ['onOverflow', 'drop', "`onOverflow` must be 'pause' or 'end'; received \"drop\""],
  ['silenceMs', 0, '`silenceMs` must be a number from 1 to 2147483647; received 0'],
  ['maxAgeMs', 0, '`maxAgeMs` must be a number from 1 to 2147483647; received 0'],
  ['maxAgeSpreadMs', -1, '`maxAgeSpreadMs` must be a number from 0 to 0; received -1'],
  ['random', 0.5, '`random` must be a function; received 0.5'],
  ['socketOptions', 'ipv6', '`socketOptions` must be an object; received a string of 4 characters'],
  ['open', 'proxy', '`open` must be a function; received "proxy"'],
  ['handshake', 'HELO', '`handshake` must be a function; received "HELO"'],
  ['probe', true, '`probe` must be a function; received true'],
  ['run', undefined, '`run` must be a function; received undefined'],
  ['lookup', 'dns', '`lookup` must be a function; received "dns"'],
  ['retryDelay', 5, '`retryDelay` must be a function; received 5'],
  ['isRetryable', true, '`isRetryable` must be a function; received true'],
];

describe('the options of tcpConnector', () => {
  it('refuse a spread that is longer than the age, and a clock without timers', () => {
    const ages = { maxAgeMs: 100, maxAgeSpreadMs: 101 };
    expect(() => tcpConnector({ ...good, ...ages })).toThrow(
      '`maxAgeSpreadMs` must be a number from 0 to 100; received 101',
    );
    expect(() => tcpConnector({ ...good, maxAgeMs: 100, maxAgeSpreadMs: -1 })).toThrow(
      '`maxAgeSpreadMs` must be a number from 0 to 100; received -1',
    );
    const clock = { setTimeout: () => 0 } as unknown as Clock;
    expect(() => tcpConnector({ ...good, clock })).toThrow(
      '`clock.clearTimeout` must be a function; received undefined',
    );
  });

  it.each(bad)('refuses %s = %o at creation', (option, value, message) => {
    const create = () => tcpConnector({ ...good, [option]: value } as TcpConnectorOptions);
    expect(create).toThrow(InvalidOptionError);
    // Of a text that may be secret only what it is.
    const received = message.endsWith('characters') ? message.split('received ')[1] : value;
    expect(create).toThrow(expect.objectContaining({ option, received, message }));
  });

  it.each([
    ...[
      'h',
      'a_b.example',
      'grüße.example',
      '127.0.0.1',
      '::1',
      'fe80::1%eth0',
      '::FFFF:1.2.3.4',
    ].map((host) => ({ host })),
    { port: 1 },
    { port: 65_535 },
    { keepAliveDelayMs: 1000 },
    { keepAliveDelayMs: 32_767_000 },
    { closeTimeoutMs: 0 },
    { closeTimeoutMs: 2 ** 31 - 1 },
    { readAheadBytes: 0 },
    { readAheadBytes: Infinity, onOverflow: 'end' },
    { onOverflow: 'pause' },
    { silenceMs: 1, maxAgeMs: 2 ** 31 - 1, maxAgeSpreadMs: 2 ** 31 - 1 },
    { silenceMs: 2 ** 31 - 1, maxAgeMs: 1, maxAgeSpreadMs: 0 },
    { socketOptions: { family: 4 } },
    { socketOptions: () => undefined },
    { tls: { servername: 'x' } },
    { host: () => 'h', port: () => 1, tls: () => true },
  ] satisfies Partial<TcpConnectorOptions>[])('accepts the bound %o', (options) => {
    expect(() => tcpConnector({ ...good, ...options })).not.toThrow();
  });

  const facts = { phase: 'connect', attempt: 0, epoch: 0, hasBeenStable: false } as const;
  const withCode = (code: string) => Object.assign(new Error(code), { code });

  it.each([
    ['ECONNREFUSED', true],
    ['EBADNAME', 'permanent'],
  ])('takes %s for %s by default', (code, verdict) => {
    const { isRetryable } = tcpConnector(good);
    expect(isRetryable?.(withCode(code), facts)).toBe(verdict);
  });

  it('asks isRetryable first, with the facts, and the table for what it leaves open', () => {
    const asked: unknown[] = [];
    const { isRetryable } = tcpConnector({
      ...good,
      isRetryable: (error, given) => {
        asked.push(given);
        return (error as { code: string }).code === 'ECONNREFUSED' ? false : undefined;
      },
    });
    expect(isRetryable?.(withCode('ECONNREFUSED'), facts)).toBe(false);
    expect(isRetryable?.(withCode('ECONNRESET'), facts)).toBe(true);
    expect(isRetryable?.(withCode('EBADNAME'), facts)).toBe('permanent');
    expect(asked).toEqual([facts, facts, facts]);
  });

  it('hands on retryDelay, and has none of its own', () => {
    const own = { retryDelay: () => Break() };
    expect(tcpConnector({ ...good, ...own })).toMatchObject(own);
    expect(tcpConnector(good)).not.toHaveProperty('retryDelay');
  });
});
