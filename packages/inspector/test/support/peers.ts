import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type Inspector, type InspectorOptions, startInspector } from '../../src/index.js';
import type { ActorSummary, ServerMessage } from '../../src/protocol.js';
import { until } from './until.js';

/** An inspector on a free port, closed with the test. */
export async function inspecting(options: InspectorOptions = {}): Promise<Inspector> {
  const inspector = await startInspector({ port: 0, ...options });
  onTestFinished(() => inspector.close());
  return inspector;
}

/** A bare producer: sends whatever a test likes. */
export async function producing(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  socket.on('error', () => {});
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

/** A page without a browser. */
export interface Viewing {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[];
  readonly actors: Map<string, ActorSummary>;
  /** All messages of one type, in order. */
  of<TType extends ServerMessage['type']>(type: TType): Extract<ServerMessage, { type: TType }>[];
  select(key: string): void;
}

export async function viewing(inspector: Inspector): Promise<Viewing> {
  const { host, search } = new URL(inspector.url);
  const socket = new WebSocket(`ws://${host}/view${search}`, { origin: `http://${host}` });
  onTestFinished(() => socket.terminate());
  const messages: ServerMessage[] = [];
  const actors = new Map<string, ActorSummary>();
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as ServerMessage;
    messages.push(message);
    if (message.type !== 'actors') return;
    for (const key of message.removed) actors.delete(key);
    for (const actor of message.changed) actors.set(actor.key, actor);
  });
  await once(socket, 'open');
  const view: Viewing = {
    socket,
    messages,
    actors,
    of: (type) => messages.filter((message) => message.type === type) as never,
    select: (key) => socket.send(JSON.stringify({ type: 'select', key })),
  };
  await until('the first list', () => view.of('actors').length > 0);
  return view;
}

/** Frames as @statelyai/inspect writes them. */
export const frames = {
  actor: (sessionId: string, more: object = {}) =>
    JSON.stringify({
      type: '@xstate.actor',
      name: sessionId,
      sessionId,
      rootId: sessionId,
      createdAt: '1700000000000',
      _version: '0.7.2',
      id: null,
      snapshot: { status: 'active', value: 'idle', context: {} },
      ...more,
    }),
  event: (sessionId: string, type: string, more: object = {}) =>
    JSON.stringify({ type: '@xstate.event', sessionId, event: { type }, ...more }),
  snapshot: (sessionId: string, value: unknown, more: object = {}) =>
    JSON.stringify({
      type: '@xstate.snapshot',
      sessionId,
      event: { type: 'go' },
      snapshot: { status: 'active', value },
      ...more,
    }),
};
