import {
  constantBackoff,
  type Connector,
  createReconnectActor,
  type ReconnectActorOptions,
  type ReconnectEmitted,
} from 'schmoozer';
import { createReconnectActor as createCompiled } from 'schmoozer/compiled';
import {
  type Discover,
  type Endpoint,
  type EndpointEvent,
  endpoints,
  type EndpointSession,
  type EndpointsOptions,
} from 'schmoozer/many';
import {
  type ScriptedConnection,
  type ScriptedConnector,
  scriptedConnector,
  type ScriptedConnectorOptions,
  type VirtualClock,
  virtualClock,
} from 'schmoozer/testing';
import { statePath } from './harness.js';

export const engines = {
  XState: createReconnectActor,
  compiled: createCompiled as unknown as typeof createReconnectActor,
};

export interface EndpointHarness {
  readonly clock: VirtualClock;
  readonly connector: Connector<EndpointSession<ScriptedConnection, Endpoint>, unknown>;
  readonly actor: ReturnType<typeof createReconnectActor>;
  /** What each endpoint does, by its name. */
  readonly scripts: Readonly<Record<string, ScriptedConnector>>;
  readonly emitted: ReconnectEmitted[];
  /** What the connector tells of its endpoints. */
  readonly events: EndpointEvent[];
  readonly state: () => string;
  /** The endpoints of the attempts so far. */
  readonly chosen: () => string[];
  /** Ends the latest attempt at an endpoint. */
  refuse(name: string, error?: unknown): Promise<void>;
  open(name: string): Promise<void>;
  /** The latest connection to an endpoint is gone. */
  lose(name: string, error?: unknown): Promise<void>;
}

export interface EndpointHarnessOptions extends EndpointsOptions {
  readonly engine?: keyof typeof engines;
  readonly from?: readonly Endpoint[] | Discover<Endpoint>;
  readonly link?: LinkOptions;
  readonly script?: ScriptedConnectorOptions;
  /** Changes the connector of an endpoint. */
  readonly change?: (connector: ScriptedConnector['connector'], name: string) => object | undefined;
}
type LinkOptions = Omit<ReconnectActorOptions, 'clock' | 'now'>;

/** A link over scripted endpoints on a virtual clock; the wait before the next endpoint is 300 ms, the backoff 1000 ms. */
export function endpointHarness(options: EndpointHarnessOptions = {}): EndpointHarness {
  const { engine = 'XState', from = ['a', 'b', 'c'], link, script, change, ...rest } = options;
  const clock = virtualClock();
  const scripts: Record<string, ScriptedConnector> = {};
  const events: EndpointEvent[] = [];
  const emitted: ReconnectEmitted[] = [];
  const connectTo = (endpoint: Endpoint) => {
    const name = typeof endpoint === 'string' ? endpoint : (endpoint as { name: string }).name;
    const made = scriptedConnector({ closed: true, probe: true, ...script });
    scripts[name] = made;
    return { ...made.connector, ...change?.(made.connector, name) };
  };
  const connector = endpoints(from, connectTo, {
    order: 'failover',
    clock,
    now: clock.now,
    random: () => 0.5,
    onEvent: (event) => void events.push(event),
    ...rest,
  });
  const actor = engines[engine](connector, {
    clock,
    now: clock.now,
    random: () => 0.5,
    backoff: constantBackoff(1000),
    ...link,
  });
  actor.on('*', (event) => void emitted.push(event));
  actor.start();
  const settle = async (action: () => unknown) => {
    await clock.drain();
    action();
    await clock.drain();
  };
  const last = (name: string) => scripts[name] as ScriptedConnector;
  return {
    clock,
    connector,
    actor,
    scripts,
    emitted,
    events,
    state: () => statePath(actor.getSnapshot().value),
    chosen: () =>
      events.flatMap((event) => (event.type === 'endpoint.chosen' ? [event.endpoint] : [])),
    refuse: (name, error = new Error('refused')) =>
      settle(() => last(name).connects.at(-1)?.reject(error)),
    open: (name) => settle(() => last(name).connects.at(-1)?.resolve()),
    lose: (name, error) =>
      settle(() => {
        const closed = last(name).closes.at(-1);
        if (error === undefined) closed?.resolve();
        else closed?.reject(error);
      }),
  };
}
