import { checkMethods } from '../core/check.js';
import { type LogEventsOptions, logEvents } from './logEvents.js';

/** A link of either engine, or a group of links. */
export interface LoggableLink {
  /** Reports every event of the link or group. */
  on(
    type: '*',
    listener: (event: { readonly type: string }) => void,
  ): { readonly unsubscribe: () => void };
}

/**
 * Writes log lines about a link, or about all links of a group: at once when a link goes down or comes up, and at most
 * one each `everyMs` while it is down.
 *
 * @throws InvalidOptionError when `link` is not a link, or an option is missing, unknown or out of bounds
 */
export function createLinkLogger(
  link: LoggableLink,
  options: LogEventsOptions,
): { unsubscribe(): void } {
  checkMethods('link', link, ['on']);
  const subscription = link.on('*', logEvents(options));
  return { unsubscribe: () => subscription.unsubscribe() };
}
