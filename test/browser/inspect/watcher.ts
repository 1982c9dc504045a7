import { createBrowserReceiver } from '@statelyai/inspect';

/** The page that watches, made of the package's own receiver; and all messages as they come. */
const received: unknown[] = [];
const messages: unknown[] = [];
addEventListener('message', ({ data }) => void messages.push(data));
createBrowserReceiver().subscribe((event) => void received.push(event));
Object.assign(globalThis, { received, messages });
