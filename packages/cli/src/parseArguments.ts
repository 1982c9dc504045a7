import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Command, Option } from 'commander';
import type { Backoff, FailFast } from 'schmoozer/compiled';
import type { Overflow } from './lineQueue.js';
import { parseBackoff } from './parseBackoff.js';
import { parseProxy, type Proxy } from './parseProxy.js';
import { parseTarget, type Target } from './parseTarget.js';
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
} from './parseValues.js';

/** The settings on the command line. */
export interface Settings {
  readonly target: Target;
  readonly backoff: Backoff;
  /** Default: 5 with `once`, else Infinity. */
  readonly maxAttempts?: number;
  readonly failFast: FailFast;
  readonly connectTimeout: number;
  readonly once?: boolean;
  readonly linger: number;
  readonly stdin: boolean;
  readonly buffer: number;
  /** Default: `drop-newest` for a terminal, else `wait`. */
  readonly overflow?: Overflow;
  readonly maxMessage: number;
  /** Lines to send first in each session. */
  readonly hello: readonly string[];
  readonly header?: Readonly<Record<string, string>>;
  readonly protocol?: readonly string[];
  readonly proxy?: Proxy;
  /** False for none. */
  readonly keepAlive: number | false;
  /** Default: that of the library. False for none. */
  readonly heartbeat?: number | false;
  readonly silence?: number;
  readonly maxAge?: number;
  /** Certificates, as PEM. */
  readonly ca?: string;
  /** The client's certificate, as PEM. */
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly insecure?: boolean;
  readonly raw?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

const option = (flags: string, description: string) => new Option(flags, description);

/** All options, as `--help` and docs/command.md show them. */
export const options: readonly Option[] = [
  option('--max-attempts <n>', 'give up after n failures in a row, 1 to 1000000, or never')
    .default(undefined, 'never; with --once 5')
    .argParser((text) => parseLimit(text, 1_000_000)),
  option('--backoff <policy>', 'exponential[:base,cap], constant:time or sequence:time,time,…')
    .default(parseBackoff('exponential'), 'exponential:2s,30s')
    .argParser(parseBackoff),
  option('--connect-timeout <time>', 'maximum duration of an attempt, 1ms to 24 days')
    .default(20_000, '20s')
    .argParser((text) => parseDuration(text, 1)),
  option(
    '--fail-fast <when>',
    'end at errors that a retry will probably not fix: startup, always or never',
  )
    .default('startup', 'startup')
    .argParser(parseFailFast),
  option('--once', 'end when the first session ends'),
  option(
    '--linger <time>',
    'after the end of stdin, end when no data has moved for this time, 0 to 24 days',
  )
    .default(1000, '1s')
    .argParser((text) => parseDuration(text, 0)),
  option('--no-stdin', 'do not read stdin: only receive'),
  option('--buffer <lines>', 'lines kept while the connection is down, 1 to 100000')
    .default(1000, '1000')
    .argParser((text) => parseCount(text, 1, 100_000)),
  option('--overflow <policy>', 'when the buffer is full: wait, drop-oldest or drop-newest')
    .default(undefined, 'wait; for typed lines drop-newest')
    .argParser(parseOverflow),
  option('--max-message <size>', 'maximum line or message length, 1 byte to 1GiB')
    .default(16 * 1024 ** 2, '16MiB')
    .argParser(parseSize),
  option('--hello <line>', 'send this line first in each session; repeatable')
    .default(undefined, 'none')
    .argParser((line, lines: readonly string[] | undefined) => [...(lines ?? []), line]),
  option('--hello-file <file>', 'send the lines of this file first in each session')
    .default(undefined, 'none')
    .argParser(parseTextLines),
  option('-H, --header <header>', 'send this header, or those in @file; repeatable')
    .default(undefined, 'none')
    .argParser(parseHeader),
  option('--protocol <name>', 'offer this subprotocol of WebSocket; repeatable')
    .default(undefined, 'none')
    .argParser(parseProtocol),
  option('--proxy <url>', 'connect through http://… or socks5://…, with user:password@')
    .default(undefined, 'none')
    .argParser(parseProxy),
  option('--keep-alive <time>', 'silence before TCP probes the peer, 1s to 9h, or off')
    .default(30_000, '30s')
    .argParser((text) => parseDurationOrOff(text, 1000, 32_767_000)),
  option('--heartbeat <time>', 'from one ping of a WebSocket to the next, 1ms to 24 days, or off')
    .default(undefined, '30s, for servers that answer pings')
    .argParser((text) => parseDurationOrOff(text, 1)),
  option('--silence <time>', 'end a session that receives nothing for this time, 1ms to 24 days')
    .default(undefined, 'never')
    .argParser((text) => parseDuration(text, 1)),
  option('--max-age <time>', 'renew a connection at this age, 1ms to 24 days')
    .default(undefined, 'never')
    .argParser((text) => parseDuration(text, 1)),
  option('--ca <file>', 'trust the certificates in this PEM file, and no others')
    .default(undefined, "Node's list")
    .argParser(parseCertificates),
  option('--cert <file>', 'show the server this certificate, a PEM file; with --key')
    .default(undefined, 'none')
    .argParser(parseCertificates),
  option('--key <file>', 'the private key of --cert, a PEM file without a passphrase')
    .default(undefined, 'none')
    .argParser(parseKey),
  option('--servername <name>', 'request and expect a certificate for this name').default(
    undefined,
    'the host',
  ),
  option('--insecure', 'accept any certificate'),
  option('--raw', 'write received data to a terminal unchanged, with escape sequences'),
  option('--quiet', 'report errors and losses only'),
  option('--json', 'report state changes as JSON, one object per line'),
];

const AFTER_HELP = `
Times: 500 or 500ms, 5s, 2m, 1h. Sizes: 65536, 64KiB, 16MiB.
Ctrl-C sends the remaining lines and ends; a second one exits at once. SIGUSR1 reconnects now.

Exit codes:
  0    ended as requested and sent every line, or the reader of stdout exited
  1    gave up, an error that is not retried, or lines were lost
  2    the command line is wrong
  3    stopped by a signal, and stdout or stderr was not read in time
  129  exited at once, after a second SIGHUP
  130  exited at once, after a second Ctrl-C
  143  exited at once, after a second SIGTERM

Examples:
  schmoozer tcp://localhost:7000
  echo hello | schmoozer tls://example.com:6697
  schmoozer --json --no-stdin wss://example.com/feed > feed.txt
`;

/**
 * Parses the command line; `--help` and `--version` are printed.
 *
 * @throws CommanderError, after its message was printed, unless the command should run
 */
export function parseArguments(
  args: readonly string[],
  print: { out: (text: string) => void; err: (text: string) => void },
): Settings {
  const { version } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  const command = new Command('schmoozer')
    .description(
      'Keeps a connection alive: sends stdin to it, and writes what it receives to stdout.',
    )
    .argument('<url>', 'tcp://host:port, tls://host:port, unix:/path, ws://… or wss://…')
    .version(version)
    .exitOverride()
    // Commander shows no default that is undefined; this shows a description instead.
    .configureHelp({
      optionDescription({ description, defaultValueDescription: words }) {
        return words === undefined ? description : `${description} (default: ${words})`;
      },
    })
    .configureOutput({
      writeOut: print.out,
      writeErr: print.err,
      outputError: (text, write) => write(withoutValues(text)),
    })
    .showHelpAfterError('Try schmoozer --help.')
    .addHelpText('after', AFTER_HELP);
  for (const each of options) command.addOption(each);
  command.parse(args, { from: 'user' });
  const { hello = [], helloFile = [], ...rest } = command.opts<Parsed>();
  const settings = { ...rest, hello: [...helloFile, ...hello], target: targetOf(command) };
  checkTogether(command, settings);
  return settings;
}

type Parsed = Omit<Settings, 'target' | 'hello'> & {
  readonly hello?: readonly string[];
  readonly helloFile?: readonly string[];
};

const overTls = { schemes: ['tls', 'wss'], words: 'tls:// and wss://' };
const overWebSocket = { schemes: ['ws', 'wss'], words: 'ws:// and wss://' };
const overTcp = { schemes: ['tcp', 'tls'], words: 'tcp:// and tls://' };
const overNetwork = { schemes: ['tcp', 'tls', 'ws', 'wss'], words: 'servers on the network' };

/** The addresses that an option is for, if not for all. */
const fields = {
  ca: overTls,
  cert: overTls,
  key: overTls,
  servername: overTls,
  insecure: overTls,
  header: overWebSocket,
  protocol: overWebSocket,
  heartbeat: overWebSocket,
  keepAlive: overTcp,
  proxy: overNetwork,
} satisfies Partial<Record<keyof Settings, { schemes: string[]; words: string }>>;

/** Ends with an error when options do not match the address, or each other. */
function checkTogether(command: Command, settings: Settings): void {
  const { scheme } = settings.target;
  for (const [name, { schemes, words }] of Object.entries(fields)) {
    if (command.getOptionValueSource(name) !== 'cli' || schemes.includes(scheme)) continue;
    const { long } = command.options.find((each) => each.attributeName() === name) as Option;
    command.error(`error: ${long} is for ${words}, not for ${scheme}:`);
  }
  const { cert, key, ca, insecure, header = {}, target } = settings;
  if (ca !== undefined && insecure) {
    command.error('error: --insecure accepts any certificate: leave out --ca');
  }
  const hasHeader = Object.keys(header).some((name) => name.toLowerCase() === 'authorization');
  if (hasHeader && /^\w+:\/\/[^/?]*@/.test(target.href)) {
    command.error('error: the address has a user: leave out --header Authorization');
  }
  if ((cert === undefined) !== (key === undefined)) {
    command.error('error: --cert and --key must be used together');
  }
  try {
    createSecureContext({ cert, key });
  } catch {
    command.error('error: --key is not the key of --cert');
  }
}

/**
 * Commander's message without the values that it repeats, because an address or a password may be in the wrong place.
 * It keeps the name of an unknown option; of one with a single dash, only the first letter.
 */
function withoutValues(text: string): string {
  return text
    .replace(/^(error: option '[^']*' argument) '.*' is invalid\./s, '$1 is wrong.')
    .replace(/^(error: unknown option) '(--[\w-]*|-\w?).*'/s, "$1 '$2'");
}

/** Does not use commander's own parsing, which repeats a wrong address: it may contain a password. */
function targetOf(command: Command): Target {
  try {
    return parseTarget(command.args[0] as string);
  } catch (error) {
    return command.error(`error: the address is wrong. ${(error as Error).message}`);
  }
}
