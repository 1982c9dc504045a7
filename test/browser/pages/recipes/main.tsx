// The recipes for browsers; see test/browser/recipes.test.ts.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { constantBackoff, Continue } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { webSocketConnector } from 'schmoozer/websocket';
import { suspendWhileHidden } from '../../../../examples/recipes/hidden-tab.js';
import { sharedFeed } from '../../../../examples/recipes/one-of-many-tabs.js';
import { useConnection, useLink } from '../../../../examples/recipes/react.js';

const query = new URLSearchParams(location.search);
const url = query.get('server') as string;
const messages: unknown[] = [];
const connector = () =>
  webSocketConnector({
    url,
    retryDelay: () => Continue(20),
    async run(session) {
      for await (const message of session) messages.push(message);
      return Continue();
    },
  });

function Status() {
  const connection = useConnection(useLink(connector));
  return <p role="status">{connection ? `online at ${connection.url}` : 'offline'}</p>;
}

const pages = {
  react() {
    const root = createRoot(document.querySelector('main') as HTMLElement);
    root.render(
      <StrictMode>
        <Status />
      </StrictMode>,
    );
    return { unmount: () => root.unmount() };
  },
  hidden() {
    const link = createReconnectActor(connector(), { backoff: constantBackoff(20) }).start();
    return { link, end: suspendWhileHidden(link, 50) };
  },
  shared: () => ({
    link: sharedFeed(url, 'feed', (message) => void messages.push(message)).start(),
  }),
};
const page = pages[query.get('page') as keyof typeof pages]();
Object.assign(globalThis, { page, messages });
