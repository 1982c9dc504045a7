import { checkAtLeast, checkFunction, checkString, resolveOptions } from '../core/check.js';
import { LinkLog, type LoggedEvent, type WriteLine } from './linkLog.js';

/** Where the lines go, and how many there may be. */
export interface LogEventsOptions {
  /** Takes a line: hand it to your logger. What it throws is ignored; the line is counted in the next one. */
  readonly log: WriteLine;
  /** While a link is down, at most one line in this time, in milliseconds. Default 60 000; bounds >= 0; `Infinity`: none. */
  readonly everyMs?: number;
  /** What the link is called in its lines. Default `'link'`; the links of a group have their names there. */
  readonly name?: string;
  /** Monotonic clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

/** The options' defaults; each stands here only. */
export const logDefaults = {
  everyMs: 60_000,
  name: 'link',
  // oxlint-disable-next-line no-restricted-properties -- the default of `now`
  now: () => performance.now(),
};

/**
 * A listener that writes lines about one link, for `onEvent` of `run`. `createLinkLogger` is for links that are there
 * already.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function logEvents(options: LogEventsOptions): (event: { readonly type: string }) => void {
  const settings = resolveOptions(options, logDefaults, ['log']);
  checkFunction('log', settings.log);
  checkAtLeast('everyMs', settings.everyMs, 0);
  checkString('name', settings.name);
  checkFunction('now', settings.now);
  const own = new LinkLog(settings.name, settings);
  const ofGroup = new Map<string, LinkLog>();
  return (event) => {
    if (!('name' in event)) return own.tell(event as LoggedEvent);
    const name = event.name as string;
    if (event.type === 'link.removed') ofGroup.delete(name);
    else if (event.type !== 'link.added') {
      const log = ofGroup.get(name) ?? new LinkLog(name, settings);
      ofGroup.set(name, log);
      log.tell(event as LoggedEvent);
    }
  };
}
