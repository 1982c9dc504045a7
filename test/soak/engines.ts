import { type Connector, createReconnectActor, type ReconnectActorOptions } from 'schmoozer';
import { createReconnectActor as createCompiledActor } from 'schmoozer/compiled';

/** What a soak needs of a link, of either engine. */
export interface SoakLink {
  start(): unknown;
  send(event: { type: 'stop' } | { type: 'reconnect' }): void;
  getSnapshot(): { readonly status: string; hasTag(tag: 'online' | 'waiting'): boolean };
  subscribe(listener: (snapshot: { hasTag(tag: 'online'): boolean }) => void): unknown;
}

export const engines = ['xstate', 'compiled'] as const;
export type Engine = (typeof engines)[number];

/** A link that has not been started. */
export function linkOf<TConnection>(
  engine: Engine,
  connector: Connector<TConnection>,
  options: ReconnectActorOptions,
): SoakLink {
  const quiet = { logger() {}, ...options };
  return engine === 'xstate'
    ? createReconnectActor(connector, quiet)
    : createCompiledActor(connector, quiet as never);
}
