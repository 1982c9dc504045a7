// The room of the chat page, which stores messages in a file: tsx examples/chat/server.ts 8788 chat.log
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { WebSocketServer } from 'ws';
import type { Message } from './message.js';

const [port = '8788', file = 'chat.log'] = process.argv.slice(2);
const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
const said = lines.map((line) => JSON.parse(line) as Message);
const room = new WebSocketServer({ host: '127.0.0.1', port: Number(port) });

/** Sends a new message to everyone, and repeats the confirmation of an earlier one to its sender. */
function say({ id, from, text }: Message): readonly [Message, isNew: boolean] {
  const before = said.find((message) => message.id === id);
  if (before !== undefined) return [before, false];
  const message = { id, from, text, number: said.length + 1 };
  said.push(message);
  appendFileSync(file, `${JSON.stringify(message)}\n`);
  return [message, true];
}

room.on('connection', (socket) => {
  const send = (message: Message) => socket.send(JSON.stringify(message));
  socket.on('error', () => {});
  socket.on('message', (data: Buffer) => {
    if (String(data) === 'ping') return socket.send('pong');
    const heard = JSON.parse(String(data)) as { after: number } | Message;
    if ('after' in heard) return said.slice(heard.after).forEach(send);
    const [message, isNew] = say(heard);
    if (!isNew) return send(message);
    for (const other of room.clients) other.send(JSON.stringify(message));
  });
});
room.on('listening', () => console.log('listening'));
