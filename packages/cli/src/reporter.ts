import { styleText } from 'node:util';
import type { Host } from './host.js';
import { colors, type CommandEvent, humanLine, isBad, jsonLine } from './report.js';

/**
 * Reports events on stderr, as JSON or in words, or only problems; words are coloured on a terminal, unless `NO_COLOR`
 * is set.
 */
export function reporter(
  { stderr, env, now }: Pick<Host, 'stderr' | 'env' | 'now'>,
  { json, quiet }: { readonly json?: boolean; readonly quiet?: boolean },
): (event: CommandEvent) => void {
  const tell = json === true ? jsonTeller(stderr, now) : wordsTeller(stderr, env);
  return quiet === true ? (event) => isBad(event) && tell(event) : tell;
}

function jsonTeller(stderr: Host['stderr'], now: Host['now']): (event: CommandEvent) => void {
  return (event) => void stderr.write(`${jsonLine(event, now())}\n`);
}

function wordsTeller(stderr: Host['stderr'], env: Host['env']): (event: CommandEvent) => void {
  const isColored = stderr.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  let previous: CommandEvent | undefined;
  return (event) => {
    const text = `schmoozer: ${humanLine(event, previous).replaceAll('\n', '\nschmoozer: ')}`;
    previous = event;
    stderr.write(
      `${isColored ? styleText(colors[event.event], text, { validateStream: false }) : text}\n`,
    );
  };
}
