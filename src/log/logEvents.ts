import { checkAtLeast, checkFunction, checkString, resolveOptions } from '../core/check.js';
import { LinkLog, type LoggedEvent, type WriteLine } from './linkLog.js';

/** Where the lines go, and how many there may be. */
export interface LogEventsOptions {
  /** Writes one line: pass it to your logger. Exceptions are ignored, and the line is counted in the next one. */
  readonly log: WriteLine;
  /**
   * Minimum time between two lines while a link is down, unless the later one is more severe, in milliseconds. Default:
   * 60 000. Bounds: >= 0, or `Infinity`.
   */
  readonly everyMs?: number;
  /** The name of the link in its lines. Default: `'link'`; links of a group keep their names. */
  readonly name?: string;
  /** Monotonic clock in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

/** The options' only list of defaults. */
export const logDefaults = {
  everyMs: 60_000,
  name: 'link',
  // oxlint-disable-next-line no-restricted-properties -- the default of `now`
  now: () => performance.now(),
};

/**
 * Returns a listener that writes log lines about one link, for `onEvent` of `run`. For a link that already exists use
 * `createLinkLogger`.
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
