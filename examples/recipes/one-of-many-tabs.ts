import { Continue } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { exclusive, type Lock } from 'schmoozer/exclusive';
import { webSocketConnector } from 'schmoozer/websocket';

/** The browser's lock: one tab of this origin holds it, until that tab is closed or crashes. */
const webLock: Lock = {
  acquire: ({ name, signal }) =>
    new Promise((acquired, failed) => {
      const lost = new AbortController();
      const hold = () =>
        new Promise<void>((release) => {
          const key = `fence ${name}`;
          const fence = Number(localStorage.getItem(key) ?? 0) + 1;
          localStorage.setItem(key, String(fence));
          acquired({ fence, lost: lost.signal, release: async () => release() });
        });
      navigator.locks.request(name, { signal }, hold).catch((error: unknown) => {
        failed(error);
        lost.abort(error); // another tab has stolen it
      });
    }),
};

/** A feed in every tab, over one tab's connection. */
export function sharedFeed(url: string, name: string, onMessage: (message: unknown) => void) {
  const tabs = new BroadcastChannel(name);
  tabs.addEventListener('message', ({ data }) => onMessage(data));
  const connector = webSocketConnector({
    url,
    async run(session) {
      for await (const message of session) {
        onMessage(message);
        tabs.postMessage(message);
      }
      return Continue();
    },
  });
  return createReconnectActor(exclusive(connector, { lock: webLock, name }));
}
