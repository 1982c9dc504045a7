import { styleText } from 'node:util';
import type { Host } from './host.js';
import { colors, type CommandEvent, humanLine, jsonLine } from './report.js';

/** Tells events on stderr, as JSON or in words; words are coloured on a terminal, unless `NO_COLOR` is set. */
export function reporter(
  { stderr, env, now }: Pick<Host, 'stderr' | 'env' | 'now'>,
  isJson: boolean,
): (event: CommandEvent) => void {
  if (isJson) return (event) => void stderr.write(`${jsonLine(event, now())}\n`);
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
