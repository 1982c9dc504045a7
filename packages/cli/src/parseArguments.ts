import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Backoff } from 'schmoozer';
import type { Overflow } from './lineQueue.js';
import { parseBackoff } from './parseBackoff.js';
import { parseTarget, type Target } from './parseTarget.js';
import {
  parseCertificates,
  parseCount,
  parseDuration,
  parseOverflow,
  parseSize,
} from './parseValues.js';

/** What the command line asks for. */
export interface Settings {
  readonly target: Target;
  readonly backoff: Backoff;
  readonly maxAttempts?: number;
  readonly connectTimeout: number;
  readonly once?: boolean;
  readonly linger: number;
  readonly stdin: boolean;
  readonly buffer: number;
  /** Without it: `drop-newest` for a terminal, else `wait`. */
  readonly overflow?: Overflow;
  readonly maxMessage: number;
  /** Certificates, as PEM. */
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly raw?: boolean;
  readonly json?: boolean;
}

const option = (flags: string, description: string) => new Option(flags, description);

/** Every option, as `--help` and docs/command.md show it. */
export const options: readonly Option[] = [
  option('--max-attempts <n>', 'give up when n attempts in a row have failed, 1 to 1000000')
    .default(undefined, 'never')
    .argParser((text) => parseCount(text, 1, 1_000_000)),
  option('--backoff <policy>', 'exponential[:base,cap], constant:time or sequence:time,time,…')
    .default(parseBackoff('exponential'), 'exponential:2s,30s')
    .argParser(parseBackoff),
  option('--connect-timeout <time>', 'how long an attempt may take, 1ms to 24 days')
    .default(20_000, '20s')
    .argParser((text) => parseDuration(text, 1)),
  option('--once', 'end when the first session ends'),
  option('--linger <time>', 'silence to wait for after the end of stdin, 0 to 24 days')
    .default(1000, '1s')
    .argParser((text) => parseDuration(text, 0)),
  option('--no-stdin', 'leave stdin alone: only receive'),
  option('--buffer <lines>', 'lines kept while the connection is down, 1 to 100000')
    .default(1000, '1000')
    .argParser((text) => parseCount(text, 1, 100_000)),
  option('--overflow <policy>', 'when the buffer is full: wait, drop-oldest or drop-newest')
    .default(undefined, 'wait; for typed lines drop-newest')
    .argParser(parseOverflow),
  option('--max-message <size>', 'longest line or message, 1 byte to 1GiB')
    .default(16 * 1024 ** 2, '16MiB')
    .argParser(parseSize),
  option('--ca <file>', 'trust the certificates in this PEM file, and no others')
    .default(undefined, "Node's list")
    .argParser(parseCertificates),
  option('--insecure', 'accept any certificate'),
  option('--raw', 'write to a terminal what comes as it is, escape sequences too'),
  option('--json', 'tell state changes as JSON, one object a line'),
];

const AFTER_HELP = `
Times: 500 or 500ms, 5s, 2m, 1h. Sizes: 65536, 64KiB, 16MiB.
Ctrl-C sends what is left and ends; a second one leaves at once.

Exit codes:
  0    ended as asked, and every line that was read was sent
  1    gave up, a fatal error, or lines were lost
  2    the command line is wrong
  130  left at once, by a second Ctrl-C
  143  left at once, by a second SIGTERM

Examples:
  schmoozer tcp://localhost:7000
  echo hello | schmoozer tls://example.com:6697
  schmoozer --json --no-stdin wss://example.com/feed > feed.txt
`;

/**
 * Reads the command line; `--help` and `--version` are printed.
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
    .description('Keeps a connection up: stdin goes to it, what it brings goes to stdout.')
    .argument('<url>', 'tcp://host:port, tls://host:port, ws://… or wss://…')
    .version(version)
    .exitOverride()
    // Commander shows no default that is undefined; here it has words.
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
  const settings = command.opts<Omit<Settings, 'target'>>();
  const target = targetOf(command);
  const isPlain = target.scheme === 'tcp' || target.scheme === 'ws';
  if (isPlain && (settings.ca !== undefined || settings.insecure === true)) {
    command.error(`error: --ca and --insecure are for tls:// and wss://, not ${target.scheme}://`);
  }
  return { ...settings, target };
}

/**
 * What commander says, without the values that it repeats: an address or a password may stand where something else
 * should. Of an option that does not exist it leaves the name, of one with a single dash the first letter.
 */
function withoutValues(text: string): string {
  return text
    .replace(/^(error: option '[^']*' argument) '.*' is invalid\./s, '$1 is wrong.')
    .replace(/^(error: unknown option) '(--[\w-]*|-\w?).*'/s, "$1 '$2'");
}

/** Not by commander's own way, which repeats an address that is wrong: it may hold a password. */
function targetOf(command: Command): Target {
  try {
    return parseTarget(command.args[0] as string);
  } catch (error) {
    return command.error(`error: the address is wrong. ${(error as Error).message}`);
  }
}
