import { Continue, createReconnectActor, exponentialBackoff, fatal } from 'schmoozer';
import type { PageMessage, ServerMessage } from '../protocol.js';

export type LinkState = 'connecting' | 'live' | 'waiting' | 'refused';

export interface LinkListeners {
  readonly onState: (state: LinkState, retryAt: number | undefined) => void;
  /** With the length of its text, which the parsed message does not show. */
  readonly onMessage: (message: ServerMessage, characters: number) => void;
}

/** The page's own connection to its server, managed by this library. */
export function openSocket(listeners: LinkListeners): (message: PageMessage) => void {
  const token = new URLSearchParams(location.search).get('token') ?? '';
  const query = `?token=${encodeURIComponent(token)}`;
  let socket: WebSocket | undefined;

  const actor = createReconnectActor(
    {
      async connect({ signal }) {
        const opening = new WebSocket(`ws://${location.host}/view${query}`);
        signal.addEventListener('abort', () => opening.close(), { once: true });
        opening.addEventListener('message', ({ data }) => {
          const text = String(data);
          listeners.onMessage(JSON.parse(text) as ServerMessage, text.length);
        });
        try {
          await new Promise((resolve, reject) => {
            opening.addEventListener('open', resolve);
            opening.addEventListener('error', () => reject(new Error('no connection')));
            opening.addEventListener('close', () => reject(new Error('closed at once')));
          });
        } catch (error) {
          // A WebSocket does not report why it failed; plain HTTP does.
          const answer = await fetch(`/token${query}`, { signal }).catch(() => undefined);
          throw answer?.status === 401 ? fatal(new Error('the token is no longer valid')) : error;
        }
        socket = opening; // now: the server's first messages arrive before `run` is called
        return opening;
      },
      async run(opened, { signal }) {
        await new Promise((resolve) => {
          opened.addEventListener('close', resolve);
          signal.addEventListener('abort', resolve, { once: true });
          if (opened.readyState !== WebSocket.OPEN) resolve(undefined);
        });
        socket = undefined;
        return Continue();
      },
      disconnect: (opened) => opened.close(),
    },
    {
      backoff: exponentialBackoff({ baseMs: 300, maxMs: 3000, jitter: 'equal' }),
      connectTimeoutMs: 5000,
      stableAfterMs: 2000,
    },
  );
  actor.subscribe((snapshot) => {
    if (snapshot.status !== 'active') listeners.onState('refused', undefined);
    else if (snapshot.hasTag('online')) listeners.onState('live', undefined);
    else if (snapshot.hasTag('waiting')) {
      listeners.onState('waiting', Date.now() + snapshot.context.delayMs);
    } else listeners.onState('connecting', undefined);
  });
  actor.start();
  return (message) => socket?.send(JSON.stringify(message));
}
