import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { main } from '../src/main.js';
import { parseArguments } from '../src/parseArguments.js';
import { inProcess } from './support/command.js';
import { certificateFor } from '../../../test/support/certificate.js';
import { read } from '../../../test/support/documents.js';

/** What it prints, and the exit code. */
async function outcome(...args: string[]) {
  const { out, err, code } = inProcess(args);
  return { code: await code, out: String(out), err: String(err) };
}
const settings = (...args: string[]) => {
  const print = { out: () => {}, err: () => {} };
  return parseArguments(['tcp://localhost:7000', ...args], print);
};

describe('the command line', () => {
  it('--help and --version print to stdout and end with 0', async () => {
    const help = await outcome('--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toMatch(/^Usage: schmoozer \[options\] <url>\n/);
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(await outcome('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it.each([
    [[], "missing required argument 'url'"],
    [['http://localhost'], 'begins with tcp://, tls://, unix:, ws:// or wss://'],
    [['tcp://localhost:0'], 'The port must be from 1 to 65535.'],
    [['tcp://localhost:1', 'more'], 'too many arguments'],
    [['tcp://localhost:1', '--nonsense'], "unknown option '--nonsense'"],
    [['tcp://localhost:1', '--max-attempts', '0'], 'an integer from 1 to 1000000'],
    [['tcp://localhost:1', '--buffer', '0'], 'an integer from 1 to 100000'],
    [['tcp://localhost:1', '--backoff', 'linear'], 'Expected exponential'],
    [['tcp://localhost:1', '--connect-timeout', '0'], 'a time from 1 to 2147483647 ms'],
    [['tcp://localhost:1', '--linger', 'long'], 'a time from 0 to 2147483647 ms'],
    [['tcp://localhost:1', '--overflow', 'burst'], 'wait, drop-oldest or drop-newest'],
    [['tcp://localhost:1', '--max-message', '0'], 'a size from 1 to'],
    [['tls://localhost:1', '--ca', 'no/such/file'], 'a PEM file'],
    [['tcp://localhost:1', '--insecure'], '--insecure is for tls:// and wss://, not for tcp:'],
    [['ws://localhost:1', '--ca', 'package.json'], 'a PEM file'],
    [['ws://localhost:1', '-H', 'Cookie: a', '-H', 'cookie: b'], 'Expected each header once.'],
    [
      ['ws://me@localhost:1', '-H', 'authorization: a'],
      'the address has a user: leave out --header',
    ],
    [
      ['ws://:pw@localhost:1', '-H', 'Authorization: a'],
      'the address has a user: leave out --header',
    ],
    [['ws://localhost:1', '--proxy', 'socks5://:pw@localhost:1'], 'Expected http://'],
  ])('%j: says what is wrong, with 2', async (args, message) => {
    const { code, out, err } = await outcome(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: /);
    expect(err).toContain(message);
    expect(err).toContain('Try schmoozer --help.');
  });

  it('takes --insecure or --ca, not both', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'schmoozer-cli-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, (await certificateFor('localhost')).cert);
    const { code, err } = await outcome('tls://localhost:1', '--insecure', '--ca', ca);
    expect(code).toBe(2);
    expect(err).toMatch(/^error: --insecure accepts any certificate: leave out --ca\n/);
  });

  it('takes an Authorization beside an address without a user', () => {
    const args = ['ws://localhost:7000/@', '-H', 'Authorization: a'];
    const header = parseArguments(args, { out: () => {}, err: () => {} }).header;
    expect(header).toEqual({ Authorization: 'a' });
  });

  it('has defaults', () => {
    expect(settings()).toMatchObject({
      connectTimeout: 20_000,
      linger: 1000,
      stdin: true,
      buffer: 1000,
      maxMessage: 16_777_216,
    });
    const { maxAttempts, overflow, ca, once, insecure, json } = settings();
    expect([maxAttempts, overflow, ca, once, insecure, json]).toEqual(Array(6).fill(undefined));
  });

  it('is read', () => {
    const args = ['--max-attempts', '3', '--connect-timeout', '5s', '--linger', '0', '--once'];
    const more = ['--no-stdin', '--buffer', '9', '--overflow', 'wait', '--max-message', '1KiB'];
    expect(settings(...args, ...more, '--json')).toMatchObject({
      maxAttempts: 3,
      connectTimeout: 5000,
      linger: 0,
      once: true,
      stdin: false,
      buffer: 9,
      overflow: 'wait',
      maxMessage: 1024,
      json: true,
    });
  });

  it('an error that is not about it is thrown', async () => {
    const stdout = Object.assign(new PassThrough(), { write: () => expect.fail('bug') });
    const host = { stdout, stdin: new PassThrough(), stderr: new PassThrough() };
    const rest = { env: {}, now: () => new Date(), onSignal: () => {}, exit: () => {} };
    await expect(main({ ...host, ...rest, args: ['--version'] })).rejects.toThrow('bug');
  });
});

describe('what is wrong in the command line', () => {
  it.each([
    'wss//user:hunter2@example.org?hunter2',
    'udp://user:hunter2@localhost:1',
    'tcp://hunter2@localhost:1',
    'tcp://localhost:99999/hunter2',
    'tcp://localhost:7000?hunter2',
    'ws://user:hunter2@',
    'wss://localhost/#hunter2',
    'tls://user:hunter2@localhost',
    '--token=hunter2',
    '--passwrod=a=hunter2',
  ])('is not repeated, for it may hold a password: %s', async (argument) => {
    const { code, out, err } = await outcome(argument);
    expect(code).toBe(2);
    expect(err).toMatch(/^error: /);
    expect(out + err).not.toContain('hunter2');
  });
});
