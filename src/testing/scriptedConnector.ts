import { checkBoolean, resolveOptions } from '../core/check.js';
import {
  type ConnectContext,
  type ConnectionEnd,
  type Connector,
  type ControlFlow,
  type FailureContext,
  type ProbeContext,
  type RunContext,
} from '../core/connector.js';

/** One call of a connector's method, settled by the test. */
export interface ScriptedCall<TArgument, TResult> {
  /** The argument of the call. */
  readonly argument: TArgument;
  /** True if the test has settled it. */
  readonly isSettled: boolean;
  /** Settles the call with a result. */
  resolve(result: TResult): void;
  /** Settles the call with an error. */
  reject(error: unknown): void;
}

/** A connection that records its releases. */
export interface ScriptedConnection {
  /** Numbered from 1 in the order in which `connect` resolved. */
  readonly id: number;
  /** Number of releases; anything but 1 at the end is a leak or a double release. */
  readonly releases: number;
}

/** A connector whose outcomes the test decides, at any moment. */
export interface ScriptedConnector<TOutput = unknown> {
  /** The connector to test with. */
  readonly connector: Connector<ScriptedConnection, TOutput>;
  /** Calls of `connect`, in order. */
  readonly connects: readonly ScriptedCall<ConnectContext, void>[];
  /** Calls of `run`, in order. */
  readonly runs: readonly ScriptedCall<RunContext, ControlFlow<TOutput, unknown>>[];
  /** Calls of `closed`, in order; there are none without the option `closed`. */
  readonly closes: readonly ScriptedCall<ScriptedConnection, ConnectionEnd | void>[];
  /** Calls of `probe`, in order; there are none without the option `probe`. */
  readonly probes: readonly ScriptedCall<ProbeContext, void>[];
  /** Calls of `retryDelay`, in order; there are none without the option `retryDelay`. */
  readonly retryDelays: readonly ScriptedCall<
    FailureContext,
    ControlFlow<TOutput, number | undefined>
  >[];
  /** Every connection, in the order in which `connect` resolved. */
  readonly connections: readonly ScriptedConnection[];
  /** Number of open connections. */
  readonly live: number;
}

/** Which optional methods the connector has. */
export interface ScriptedConnectorOptions {
  /** Gives the connector a `closed`, with which the test loses connections. Default: false. */
  readonly closed?: boolean;
  /** Gives the connector a `probe`. Default: false. */
  readonly probe?: boolean;
  /** Gives the connector a `retryDelay`, so that the machine does not ask the backoff. Default: false. */
  readonly retryDelay?: boolean;
}

/**
 * Creates a connector whose calls wait until a test settles them.
 *
 * @throws InvalidOptionError when an option is unknown or invalid
 */
export function scriptedConnector<TOutput = unknown>(
  options: ScriptedConnectorOptions = {},
): ScriptedConnector<TOutput> {
  const settings = resolveOptions(options, { closed: false, probe: false, retryDelay: false }, []);
  for (const [name, value] of Object.entries(settings)) checkBoolean(name, value);
  const { closed, probe, retryDelay } = settings;
  const connects: Deferred<ConnectContext, void>[] = [];
  const runs: Deferred<RunContext, ControlFlow<TOutput, unknown>>[] = [];
  const closes: Deferred<ScriptedConnection, ConnectionEnd | void>[] = [];
  const probes: Deferred<ProbeContext, void>[] = [];
  const retryDelays: Deferred<FailureContext, ControlFlow<TOutput, number | undefined>>[] = [];
  const connections: { id: number; releases: number }[] = [];

  const connector: Connector<ScriptedConnection, TOutput> = {
    connect: (attempt) =>
      record(connects, new KeptContext(attempt)).promise.then(() => {
        const connection = { id: connections.length + 1, releases: 0 };
        connections.push(connection);
        return connection;
      }),
    run: (_connection, session) => record(runs, session).promise,
    disconnect: (connection) => {
      const open = connections.find(({ id }) => id === connection.id);
      if (open) open.releases += 1;
    },
    ...(closed && { closed: (connection) => record(closes, connection).promise }),
    ...(probe && { probe: (_connection, context) => record(probes, context).promise }),
    ...(retryDelay && { retryDelay: (failure) => record(retryDelays, failure).promise }),
  };
  return {
    connector,
    connects,
    runs,
    closes,
    probes,
    retryDelays,
    connections,
    get live() {
      return connections.filter(({ releases }) => releases === 0).length;
    },
  };
}

class Deferred<TArgument, TResult> implements ScriptedCall<TArgument, TResult> {
  readonly argument: TArgument;
  readonly promise: Promise<TResult>;
  isSettled = false;
  #settle!: { resolve: (result: TResult) => void; reject: (error: unknown) => void };

  constructor(argument: TArgument) {
    this.argument = argument;
    this.promise = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  resolve(result: TResult): void {
    this.isSettled = true;
    this.#settle.resolve(result);
  }

  reject(error: unknown): void {
    this.isSettled = true;
    this.#settle.reject(error);
  }
}

function record<TArgument, TResult>(
  calls: Deferred<TArgument, TResult>[],
  argument: TArgument,
): Deferred<TArgument, TResult> {
  const call = new Deferred<TArgument, TResult>(argument);
  calls.push(call);
  return call;
}

/** A copy for later assertions: the library clears `lastError` after the attempt. */
class KeptContext implements ConnectContext {
  declare readonly attempt: number;
  declare readonly epoch: number;
  declare readonly lastError: unknown;
  readonly #context: ConnectContext;

  constructor(context: ConnectContext) {
    this.#context = context;
    // A wrapper around the connector may add further facts.
    const { signal: _, ...facts } = Object.fromEntries(Object.entries(context));
    Object.assign(this, facts);
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }
}
