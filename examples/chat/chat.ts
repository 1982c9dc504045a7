// A chat that outlives its server: no message is lost, duplicated or missed. Page and server had 116 lines before there
// was an outbox. Start server.ts, then serve the page: vite examples/chat
import { Continue } from 'schmoozer';
import { reconnectOnWake, whileOnline } from 'schmoozer/browser';
import { createReconnectActor } from 'schmoozer/compiled';
import { outbox } from 'schmoozer/outbox';
import { webSocketConnector, type WebSocketSession } from 'schmoozer/websocket';
import type { Message } from './message.js';

const query = new URLSearchParams(location.search);
const from = query.get('name') ?? 'guest';
const status = document.querySelector('output') as HTMLElement;
const list = document.querySelector('ol') as HTMLElement;
const form = document.querySelector('form') as HTMLFormElement;
const input = document.querySelector('input') as HTMLInputElement;
const shown = new Map<string, HTMLElement>();
let last = 0; // the number of the latest received message

function show({ id, from: who, text, number }: Message): void {
  const item = shown.get(id) ?? document.createElement('li');
  shown.set(id, item);
  item.textContent = `${who}: ${text}`;
  item.className = number === undefined ? 'unsent' : '';
  list.append(item);
  item.scrollIntoView();
}

const box = outbox({
  ack: 'each',
  key: ({ id }: Message) => id, // identifies a message for the room
  send: (session: WebSocketSession, message: Message) => session.send(JSON.stringify(message)),
});
const connector = webSocketConnector({
  url: query.get('server') ?? 'ws://127.0.0.1:8788',
  heartbeat: { message: 'ping', isPong: (message) => message === 'pong' },
  handshake: (session) => session.send(JSON.stringify({ after: last })),
  run: box.serve(async (session) => {
    for await (const data of session) {
      const message = JSON.parse(String(data)) as Message;
      box.ack(message.id);
      if (Number(message.number) <= last) continue;
      last = Number(message.number);
      show(message);
    }
    return Continue();
  }),
});

const link = createReconnectActor(whileOnline(connector));
link.on('*', (event) => {
  status.textContent = link.connection ? 'online' : 'connecting';
  if (event.type !== 'retry.scheduled') return;
  status.textContent = `offline, next attempt in ${Math.ceil(event.delayMs / 1000)} s`;
});
reconnectOnWake(link);
link.start();

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const message = { id: crypto.randomUUID(), from, text: input.value };
  input.value = '';
  show(message);
  void box.add(message);
});
