import type { Chance } from '../../../../test/support/chance.js';

interface Target {
  readonly port: number;
  readonly token: string;
}

export interface HostileRequest {
  readonly bytes: Buffer;
  /** Nothing of it was changed or left out on the way. */
  readonly isWhole: boolean;
  /** Whether token, Host and, for a page, Origin are right: only then it may be let in. */
  readonly mayEnter: boolean;
}

const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'toJSON',
  'length',
  'hasOwnProperty',
  'then',
  '',
];
const METHODS = [
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'CONNECT',
  'PRI',
  'get',
  'G',
];

/** A request of which any part may be wrong; one in four is damaged besides. */
export function hostileRequest(random: Chance, { port, token }: Target): HostileRequest {
  /** How many parts of this one are wrong, in a hundred. */
  const wrong = random.pick([0, 5, 20, 50]);
  const mostly = <T>(good: readonly T[], bad: readonly T[]): T =>
    random.pick(random.below(100) < wrong ? bad : good);
  const isOdd = () => random.below(100) < wrong;
  const goodHosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  const host = mostly(goodHosts, [
    '127.0.0.1',
    `127.0.0.1:${port + 1}`,
    `evil.example:${port}`,
    `127.0.0.1:${port}@evil.example`,
    `127.0.0.1:${port}, evil.example`,
    `127.0.0.1:0${port}`,
    `0x7f000001:${port}`,
    '',
    '%00',
    'a'.repeat(9000),
  ]);
  const otherTokens = [
    '',
    token.slice(1),
    `${token}x`,
    token.toUpperCase(),
    `${token}%00`,
    '%',
    '%E0%A4%A',
    '\ud800',
    'é'.repeat(token.length),
    'x'.repeat(12_000),
  ];
  const given = mostly([token], otherTokens);
  const query = mostly(
    [`?token=${given}`],
    [
      `?token=${given}&producer=${random.pick([...KEYS, 'shop', 'a/b', '%00%1b[2J', 'x'.repeat(5000)])}`,
      `?token=wrong&token=${given}`,
      `?__proto__[token]=${given}`,
      `?token[]=${given}`,
      `?TOKEN=${given}`,
      `#?token=${given}`,
      '?',
      '',
    ],
  );
  const path = mostly(
    ['/', '/view', '/token', '/style.css'],
    [
      '//',
      '///',
      '/..',
      '/%2e%2e/',
      '/view/',
      '/View',
      '/%',
      '/\u0000',
      '*',
      '',
      'http://[',
      'http://',
      `http://127.0.0.1:${port}/`,
      '//evil.example/',
      '/\\evil',
      '/code/../../package.json',
      '/style.css',
      '/style.css/',
      '/style.css/x.js',
      `/${'x'.repeat(300)}.js`,
      `/${'a/'.repeat(3000)}`,
      '/code/page/main.js',
      '/code/server/startInspector.js',
      '/__proto__',
      '/constructor.js',
      '/elk/elk-worker.min.js',
      '/elk/',
      '/.js',
      '/index.html',
      ';',
      '/;x=1',
      '/\u00e9',
      `/${'%41'.repeat(1000)}`,
    ],
  );
  const ownOrigin = `http://${host}`;
  const origin = mostly(
    [ownOrigin],
    [
      undefined,
      'null',
      '',
      'https://evil.example',
      `https://${host}`,
      `${ownOrigin}/`,
      `${ownOrigin}, ${ownOrigin}`,
    ],
  );
  const method = mostly(['GET'], METHODS);
  const isUpgrade = random.below(2) === 0;
  const headers = [
    ...(isOdd() && isOdd() ? [] : [`Host: ${host}`]),
    ...(isOdd() && isOdd() ? [`Host: ${random.pick(goodHosts)}`] : []),
    ...(origin === undefined ? [] : [`Origin: ${origin}`]),
    ...(origin !== undefined && isOdd() && isOdd() ? [`Origin: ${ownOrigin}`] : []),
    ...(isUpgrade
      ? [
          `Connection: ${mostly(['Upgrade', 'keep-alive, Upgrade'], ['close', 'upgrade, close'])}`,
          `Upgrade: ${mostly(['websocket', 'WebSocket'], ['h2c', 'TLS/1.0', '', 'websocket, websocket'])}`,
          `Sec-WebSocket-Version: ${mostly(['13', '8'], ['0', '-1', '1e9', ''])}`,
          `Sec-WebSocket-Key: ${mostly(['dGhlIHNhbXBsZSBub25jZQ=='], ['', 'x', 'x'.repeat(5000)])}`,
        ]
      : []),
  ];
  const odd = [
    ...KEYS.map((key) => `${key || 'x'}: ${key}`),
    'Expect: 100-continue',
    'Expect: the impossible',
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 99999999999999999999',
    'Transfer-Encoding: chunked',
    'Sec-WebSocket-Protocol: a, b, a',
    'Sec-WebSocket-Protocol: ,',
    'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99',
    'Sec-WebSocket-Extensions: permessage-deflate',
    'Sec-WebSocket-Extensions: ;;;',
    'Cookie: \u00ff\u0001',
    `X-Long: ${'y'.repeat(20_000)}`,
    ' folded: yes',
    ': nameless',
    'no colon',
  ];
  while (isOdd()) headers.splice(random.below(headers.length + 1), 0, random.pick(odd));
  const version = mostly(['HTTP/1.1'], ['HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', '']);
  const head = `${method} ${path}${query} ${version}\r\n${headers.join('\r\n')}\r\n\r\n`;
  const tail = random.pick(['', '', '', 'hello', '0\r\n\r\n', '\u0081\u00ff'.repeat(200), head]);
  const text = head + tail;
  const isWhole = random.below(4) > 0;
  const whole = Buffer.from(text, 'latin1');
  const bytes = isWhole ? whole : damaged(whole, random);
  // What the request says in the end, damage and all.
  const sent = bytes.toString('latin1');
  const hasHost = goodHosts.some((good) => sent.toLowerCase().includes(`\nhost: ${good}`));
  const isPage = sent.includes('/view');
  const hasOrigin = goodHosts.some((good) => sent.includes(`http://${good}`));
  return { bytes, isWhole, mayEnter: sent.includes(token) && hasHost && (!isPage || hasOrigin) };
}

function damaged(bytes: Buffer, random: Chance): Buffer {
  for (let i = random.below(4); i >= 0; i--) {
    const place = random.below(bytes.length);
    bytes[place] = random.below(256);
  }
  return random.below(2) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

/** Bytes that are no frame, or one that a client may not send. */
export function hostileBytes(random: Chance): Buffer {
  return Buffer.from(
    random.pick([
      [0x81, 0x05, 1, 2, 3, 4, 5], // not masked
      [0xf1, 0x80, 0, 0, 0, 0], // reserved bits
      [0x83, 0x80, 0, 0, 0, 0], // no such opcode
      [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], // 2^64 bytes
      [0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0], // 1 GB
      [0x80, 0x80, 0, 0, 0, 0], // goes on with nothing
      [0x09, 0x80, 0, 0, 0, 0], // a ping in pieces
      [0x88, 0x81, 0, 0, 0, 0, 1], // a code of one byte
      [0x88, 0x82, 0, 0, 0, 0, 0, 1], // a code that is none
      [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28], // no UTF-8
    ]),
  );
}

const TYPES = [
  '@xstate.actor',
  '@xstate.event',
  '@xstate.snapshot',
  '@xstate.microstep',
  '@schmoozer.missed',
  '@xstate.action',
  '__proto__',
];
const FIELDS = [
  'sessionId',
  'rootId',
  'parentId',
  'sourceId',
  'name',
  'definition',
  'snapshot',
  'createdAt',
  'event',
  '_after',
  '_transitions',
  'count',
  ...KEYS,
];

/** A frame of the format in which any field may be anything; some are cut, or have a byte changed. */
export function hostileFrame(random: Chance): string {
  if (random.below(10) === 0)
    return random.pick([
      '',
      '{',
      'null',
      '[]',
      '1',
      '"x"',
      '\u0000',
      '[['.repeat(5000),
      '{"a":'.repeat(3000),
      '\ufeff{}',
    ]);
  const fields: [string, unknown][] = [
    ['type', random.below(12) === 0 ? anything(random, 0) : random.pick(TYPES)],
    ['sessionId', random.below(8) === 0 ? anything(random, 0) : `x:${random.below(50)}`],
  ];
  for (let i = random.below(7); i > 0; i--) fields.push([random.pick(FIELDS), anything(random, 0)]);
  if (random.below(2) === 0) fields.push(['snapshot', snapshotLike(random)]);
  if (random.below(3) === 0)
    fields.push([
      'event',
      Object.fromEntries([
        ['type', anything(random, 2)],
        [random.pick(KEYS), anything(random, 1)],
      ]),
    ]);
  const text = JSON.stringify(Object.fromEntries(fields));
  return random.below(8) === 0 ? damaged(Buffer.from(text), random).toString() : text;
}

function snapshotLike(random: Chance): object {
  const names = ['status', 'value', 'context', 'tags', 'output', 'error', 'children', ...KEYS];
  return Object.fromEntries(
    Array.from({ length: random.below(6) }, () => [random.pick(names), anything(random, 0)]),
  );
}

/** What JSON can hold. */
function anything(random: Chance, depth: number): unknown {
  const plain = () =>
    random.pick<unknown>([
      null,
      true,
      false,
      0,
      -1,
      1e308,
      -0.5,
      2 ** 53,
      '',
      'a',
      '#m.a',
      'xstate.init',
      'x'.repeat(random.below(3000)),
      '\ud800',
      '\u0000',
      '\u202e',
      '1700000000000',
      'NaN',
      '1e999',
      ...KEYS,
    ]);
  if (depth > 3) return plain();
  switch (random.below(6)) {
    case 0:
      return Array.from({ length: random.below(5) }, () => anything(random, depth + 1));
    case 1:
      return Object.fromEntries(
        Array.from({ length: random.below(5) }, () => [
          random.pick([
            ...KEYS,
            'a',
            'type',
            'source',
            'target',
            'eventType',
            'delayMs',
            'startedAt',
            'states',
            'on',
          ]),
          anything(random, depth + 1),
        ]),
      );
    case 2: {
      let nested: unknown = plain();
      for (let i = random.below(600); i > 0; i--)
        nested = random.below(2) === 0 ? [nested] : { a: nested };
      return nested;
    }
    default:
      return plain();
  }
}

/** What a page may say, and what it may not. */
export function hostileSelection(random: Chance, keys: readonly string[]): string {
  const key = random.below(2) === 0 && keys.length > 0 ? random.pick(keys) : anything(random, 2);
  const text = JSON.stringify({
    type: random.pick(['select', 'select', 'select', 'hello', 1]),
    key,
  });
  const short = text.length > 4000 ? '{"type":"select","key":[[[]]]}' : text;
  return random.below(6) === 0 ? damaged(Buffer.from(short), random).toString() : short;
}
