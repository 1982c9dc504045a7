import { CommanderError } from 'commander';
import type { Host } from './host.js';
import { flushed } from './flushed.js';
import { keepUp } from './keepUp.js';
import { parseArguments, type Settings } from './parseArguments.js';

const USAGE = 2;

/** Runs the command to its end, with all output written; resolves to the exit code. */
export async function main(host: Host): Promise<number> {
  const { stdout, stderr } = host;
  // A closed stderr must not end the command.
  stderr.on('error', () => {});
  const settings = readArguments(host);
  if (typeof settings !== 'number') return keepUp(settings, host);
  for (const stream of [stdout, stderr]) await flushed(stream, Infinity);
  return settings;
}

function readArguments({ args, stdout, stderr }: Host): Settings | number {
  try {
    return parseArguments(args, {
      out: (text) => void stdout.write(text),
      err: (text) => void stderr.write(text),
    });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE;
  }
}
