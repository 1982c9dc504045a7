import { useActorRef } from '@xstate/react';
import { useEffect, useState } from 'react';
import { redact, reconnectMachine } from 'schmoozer';
import { OfflineError, whileOnline, reconnectOnWake } from 'schmoozer/browser';
import type { ActorRefFrom, SnapshotFrom } from 'xstate';
import { feedConnector } from './feedConnector.js';

export type Phase = (typeof phases)[number] | 'stopped';

/** An active link has exactly one of these tags; states may be split, tags stay. */
const phases = ['connecting', 'online', 'closing', 'waiting', 'suspended', 'stopping'] as const;

/** The next attempt. */
export interface Retry {
  /** Its time on the clock of `performance.now`. */
  readonly dueMs: number;
  readonly attempt: number;
  readonly isOffline: boolean;
}

export interface Message {
  readonly key: number;
  readonly text: string;
}

/** Number of messages that are kept. */
const KEPT = 6;

/** One link for the life of the component; React's strict mode mounts it twice and still connects once. */
export function useLink(url: string) {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [retry, setRetry] = useState<Retry>();
  const [input] = useState(() => {
    let key = 0;
    const keep = (text: string) =>
      setMessages((before) => [{ key: ++key, text }, ...before].slice(0, KEPT));
    return { connector: redact(whileOnline(feedConnector(url, keep))) };
  });
  const link: ActorRefFrom<typeof reconnectMachine> = useActorRef(reconnectMachine, { input });

  useEffect(() => reconnectOnWake(link), [link]);
  useEffect(() => {
    const { unsubscribe } = link.on('retry.scheduled', ({ attempt, delayMs, error }) =>
      setRetry({
        dueMs: performance.now() + delayMs,
        attempt,
        // A session that is lost with the network ends with an error of its own.
        isOffline: error instanceof OfflineError || !navigator.onLine,
      }),
    );
    return unsubscribe;
  }, [link]);
  return { link, messages, retry };
}

/** The phase that the page shows. */
export function phaseOf(snapshot: SnapshotFrom<typeof reconnectMachine>): Phase {
  if (snapshot.status !== 'active') return 'stopped';
  return phases.find((tag) => snapshot.hasTag(tag)) as Phase;
}
