import type { Record } from './record.js';

/** How often the server drops a connection at once. */
export const DROPS = 3;
/** How many lines the last good session receives. */
export const STEADY_LINES = 20;

/** The phases of the server in order, and the check that a client has lived through each. */
export const phases = {
  refuse: {
    title: 'nothing listens: connections are refused',
    isLived: ({ failures }) => failures.some((it) => it.epoch === 0 && it.code === 'ECONNREFUSED'),
  },
  drop: {
    title: `${DROPS} connections are accepted and dropped at once`,
    isLived: (record) =>
      record.sessions.filter(({ lines }) => lines === 0).length + countResets(record) >= DROPS,
  },
  silence: {
    title: 'a connection is accepted, then the server becomes silent',
    isLived: ({ sessions }) => sessions.some(({ code }) => code === 'ERR_SILENCE'),
  },
  restart: {
    title: 'a good session, then the server restarts on the same port',
    isLived: ({ sessions, failures }) =>
      sessions.some(
        (session) =>
          session.isStable &&
          session.cause === 'lost' &&
          session.code === '' &&
          failures.some(({ epoch, code }) => epoch === session.epoch && code === 'ECONNREFUSED'),
      ),
  },
  steady: {
    title: 'all is well',
    isLived: ({ sessions }) => {
      const last = sessions.at(-1);
      return last !== undefined && last.isStable && last.lines >= STEADY_LINES;
    },
  },
  goodbye: {
    title: 'the server says goodbye',
    isLived: ({ output }) => output?.status === 'completed' && output.value === 'goodbye',
  },
} satisfies { [name: string]: { title: string; isLived: (record: Record) => boolean } };

/** Connections that the server had accepted, and reset before the client noticed. */
export function countResets({ failures }: Record): number {
  return failures.filter(({ code }) => code === 'ECONNRESET').length;
}

export type Phase = keyof typeof phases;
