/**
 * Log lines about links and groups.
 *
 * @packageDocumentation
 */
export { createLinkLogger, type LoggableLink } from './log/createLinkLogger.js';
export type { LogFields, LogLevel, WriteLine } from './log/linkLog.js';
export { logEvents, type LogEventsOptions } from './log/logEvents.js';
