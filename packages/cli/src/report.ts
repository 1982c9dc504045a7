import { styleText } from 'node:util';
import type { CloseCause } from 'schmoozer/compiled';
import type { Explained } from './explain.js';

/** The events that the command reports on stderr; docs/command.md describes each field. */
export type CommandEvent =
  | { event: 'connecting'; url: string; attempt: number; epoch: number }
  | { event: 'connected'; url: string; epoch: number }
  | { event: 'disconnected'; epoch: number; cause: CloseCause; error: Explained | null }
  | { event: 'waiting'; attempt: number; delayMs: number; error: Explained | null }
  | { event: 'warning'; error: Explained }
  | { event: 'lost'; lines: number; why: 'overflow' | 'cut' | 'unsent' }
  | { event: 'unfinished'; bytes: number }
  | { event: 'stopping'; signal: string }
  | {
      event: 'stopped';
      status: 'completed' | 'failed' | 'stopped';
      exitCode: number;
      sent: number;
      lost: number;
      error: Explained | null;
    };

/** True for problems, which `--quiet` still reports. */
export function isBad(event: CommandEvent): boolean {
  return event.event === 'stopped'
    ? event.exitCode !== 0
    : /^(warning|lost|unfinished)$/.test(event.event);
}

/** Formats an event as one JSON object, with the time first. */
export function jsonLine(event: CommandEvent, time: Date): string {
  return JSON.stringify({ time: time.toISOString(), ...event });
}

/** Formats an event in words; `previous` avoids repetitions. */
export function humanLine(event: CommandEvent, previous: CommandEvent | undefined): string {
  switch (event.event) {
    case 'connecting':
      return `connecting to ${event.url}`;
    case 'connected':
      return event.epoch === 1 ? 'connected' : `connected, session ${event.epoch}`;
    case 'disconnected':
      return `disconnected: ${event.error?.message ?? closings[event.cause]}`;
    case 'waiting': {
      const wait = `next attempt in ${duration(event.delayMs)}`;
      if (event.error === null || previous?.event === 'disconnected') return wait;
      return `${event.error.message}; ${wait}${event.attempt === 1 ? hintLine(event.error) : ''}`;
    }
    case 'warning':
      return `warning: ${event.error.message}${hintLine(event.error)}`;
    case 'lost':
      return `${plural(event.lines, 'line')} ${losses[event.why]}`;
    case 'unfinished':
      return `${plural(event.bytes, 'byte')} of a line that the server did not finish dropped`;
    case 'stopping':
      return 'sending the remaining lines; a second signal exits at once';
    case 'stopped': {
      const counts = `${plural(event.sent, 'line')} sent${event.lost ? `, ${event.lost} lost` : ''}`;
      if (event.error === null) return `ended, ${counts}`;
      return `error: ${event.error.message}${hintLine(event.error)}\nended, ${counts}`;
    }
  }
}

const closings: Record<CloseCause, string> = {
  continue: 'the server ended the session',
  lost: 'the server ended the session',
  break: 'the session has ended',
  stop: 'as asked',
  reconnect: 'as asked',
  suspend: 'as asked',
  retryable: 'it broke',
  fatal: 'it broke',
};

const losses = {
  overflow: 'dropped: the buffer is full (--buffer, --overflow)',
  cut: 'may not have arrived: the connection broke while sending',
  unsent: 'not sent',
} as const;

/** The colour of each event on a terminal. */
export const colors = {
  connecting: 'dim',
  connected: 'green',
  disconnected: 'yellow',
  waiting: 'dim',
  warning: 'red',
  lost: 'red',
  unfinished: 'red',
  stopping: 'dim',
  stopped: 'dim',
} as const satisfies Record<CommandEvent['event'], Parameters<typeof styleText>[0]>;

function hintLine({ hint }: Explained): string {
  return hint === null ? '' : `\n  ${hint}`;
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
