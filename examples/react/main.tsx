// A page that keeps a WebSocket connected: `npm run example:react` serves it, with a server to kill and restart.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';

const url = new URLSearchParams(location.search).get('server') ?? 'ws://127.0.0.1:8787';

createRoot(document.querySelector('#root') as HTMLElement).render(
  <StrictMode>
    <App url={url} />
  </StrictMode>,
);
