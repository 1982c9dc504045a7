import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_PORT, InvalidInspectorOptionError } from './server/options.js';
import { defaultLimits } from './server/limits.js';
import { RecordingError } from './server/recording.js';
import { PortInUseError } from './server/portInUse.js';
import { printable } from './server/shown.js';
import { type Inspector, startInspector } from './server/startInspector.js';
import { TOKEN_VARIABLE, TokenFileError, tokenOf } from './tokenOf.js';

interface Flags {
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly records: number;
}

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const { version } = JSON.parse(manifest) as { version: string };

const program = new Command('schmoozer-inspector')
  .version(version)
  .description('A live picture of XState v5 actors, on this machine only; Ctrl-C ends it.')
  .option(
    '-p, --port <port>',
    'port to listen on; 0 takes any free port',
    wholeNumber,
    DEFAULT_PORT,
  )
  .option('--host <address>', '127.0.0.1 or ::1', '127.0.0.1')
  .option(
    '--token-file <file>',
    `keeps pages and apps across a restart (default: $${TOKEN_VARIABLE}, else a random one)`,
  )
  .option('--token <token>', 'the same, but visible to all users of this machine')
  .option(
    '--records <count>',
    'number of records to keep, with 16 MiB for each 50 000',
    wholeNumber,
    defaultLimits.records,
  )
  .argument('[open]', '`open`: shows a file that was saved from the page')
  .argument('[file]', 'the file')
  .allowExcessArguments(false)
  .showSuggestionAfterError(false)
  .configureOutput({ outputError: (text, write) => write(`${inert(text)}\n`) })
  .parse();

try {
  const { port, host, records, ...flags } = program.opts<Flags>();
  const token = tokenOf(flags, process.env);
  const recording = fileOf(program.args);
  const inspector = await startInspector({
    port,
    host,
    records,
    recordsPerActor: Math.max(1, records),
    // More records need more room.
    bytes: Math.ceil(defaultLimits.bytes * Math.max(1, records / defaultLimits.records)),
    onCommand: ({ command, actor, app }) =>
      console.log(printable(`${new Date().toISOString()} ${command} → ${actor} (${app})`)),
    ...(token !== undefined && { token }),
    ...(recording !== undefined && { recording }),
  });
  // Registered before it prints that Ctrl-C ends it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void inspector.close());
  }
  if (recording === undefined) tell(inspector);
  else console.log(`Open this page:\n\n  ${inspector.url}\n\nCtrl-C ends it.`);
} catch (error) {
  const isExpected =
    error instanceof PortInUseError ||
    error instanceof RecordingError ||
    error instanceof InvalidInspectorOptionError ||
    error instanceof TokenFileError;
  if (!isExpected) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function tell({ url, producerUrl }: Inspector): void {
  console.log(`Open this page:

  ${url}

And give your actors this inspector:

  import { createWebSocketInspector } from '@statelyai/inspect';
  const { inspect } = createWebSocketInspector({ url: '${producerUrl}' });
  createActor(machine, { inspect });

Ctrl-C ends it.`);
}

/** The file in `open FILE`. */
function fileOf([command, file]: readonly string[]): string | undefined {
  if (command === undefined) return undefined;
  if (command === 'open' && file !== undefined) return file;
  program.error(
    command === 'open'
      ? 'error: the file is missing: open FILE'
      : 'error: the only command is `open FILE`',
  );
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be an integer.');
  return Number(text);
}

/** Commander repeats unknown arguments: this removes terminal control characters, and the value after `--tokn=`. */
function inert(text: string): string {
  return printable(text.trim().replaceAll(/'(--?[^'=]*)=[^]*'/g, "'$1=…'"));
}
