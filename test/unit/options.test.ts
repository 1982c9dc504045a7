import { Socket } from 'node:net';
import {
  createReconnectActor,
  exponentialBackoff,
  type ExponentialBackoffOptions,
  fatal,
  InvalidOptionError,
  type ReconnectActorOptions,
  reconnectMachine,
  type OpenedOptions,
  type ReconnectOptions,
  retryable,
  run,
  type RunOptions,
} from 'schmoozer';
import {
  reconnectOnWake,
  type ReconnectOnWakeOptions,
  whileOnline,
  type WhileOnlineOptions,
} from 'schmoozer/browser';
import {
  type CompiledActorOptions,
  createReconnectActor as createCompiled,
} from 'schmoozer/compiled';
import { connectBudget, type ConnectBudgetOptions } from 'schmoozer/budget';
import { diagnose, type DiagnoseOptions } from 'schmoozer/diagnostics';
import {
  exclusive,
  type ExclusiveOptions,
  expiringLock,
  type ExpiringLockOptions,
} from 'schmoozer/exclusive';
import {
  createGroup,
  type GroupOptions,
  type GroupStopOptions,
  healthOf,
  type HealthOptions,
  type LinkOptions,
  type RestartOptions,
} from 'schmoozer/group';
import {
  adaptivePace,
  type AdaptivePaceOptions,
  connectLimiter,
  type ConnectLimiterOptions,
  fixedPace,
  type FixedPaceOptions,
} from 'schmoozer/limiter';
import { createLinkLogger, logEvents, type LogEventsOptions } from 'schmoozer/log';
import { type EjectOptions, endpoints, type EndpointsOptions } from 'schmoozer/many';
import {
  ReconnectingWebSocket,
  type ReconnectingWebSocketOptions,
} from 'schmoozer/reconnecting-websocket';
import { memoryStore, outbox, type OutboxOptions } from 'schmoozer/outbox';
import { fileStore, type FileStoreOptions } from 'schmoozer/outbox-file';
import {
  type MessageOptions,
  type RedeliveryOptions,
  resolveMessageOptions,
  resolveRedeliveryOptions,
} from 'schmoozer/messages';
import { eventStream, type EventStreamOptions } from 'schmoozer/sse';
import { srvEndpoints, type SrvEndpointsOptions } from 'schmoozer/srv';
import {
  createInspector,
  type InspectorAllow,
  type InspectorApp,
  type InspectorOptions,
} from 'schmoozer/inspect';
import {
  closed,
  lines,
  type LinesOptions,
  tcpConnector,
  type TcpConnectorOptions,
  type TcpSocketOptions,
  type TcpTarget,
  write,
} from 'schmoozer/tcp';
import {
  type Eventually,
  type ExploreOptions,
  modelTest,
  type ModelTestConfig,
  type ModelTestOptions,
  type ModelTestPathOptions,
  scriptedConnector,
  scriptedLimiter,
  type ScriptedConnectorOptions,
  type ScriptedLimiterOptions,
} from 'schmoozer/testing';
import {
  type HeartbeatOptions,
  webSocketConnector,
  type WebSocketConnectorOptions,
} from 'schmoozer/websocket';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createActor } from 'xstate';
import { OwnedSession } from '../../src/connectors/websocket/session.js';
import { OUTCOMES } from '../../src/testing/model.js';
import { PASSING, STATES } from '../../src/testing/userModel.js';
import { surface } from '../package/surface.js';

interface Row {
  /** What is called, for the reader. */
  readonly name: string;
  /** The public type of the options, if it has a name. */
  readonly type?: string;
  /** Every option there is. */
  readonly names: readonly string[];
  readonly call: (options: never) => unknown;
  /** What the argument itself is called in a message. Default `options`. */
  readonly argument?: string;
  /** What stands before a name in a message. */
  readonly path?: string;
  readonly isRequired?: boolean;
  /** Inside other options, null stands for what has a default. */
  readonly takesNull?: boolean;
}

/** The compiler refuses a list that lacks one of the options, or has one too many. */
const names = <T>(all: Record<keyof T, 1>): readonly string[] => Object.keys(all);

const refused = { connect: () => Promise.reject(fatal('no')), run: () => Promise.reject('no') };
const url = 'ws://localhost:1';
const config = {
  world: () => ({}),
  connector: () => refused,
  outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, null])),
  states: Object.fromEntries([...STATES, ...PASSING].map((state) => [state, () => {}])),
} as unknown as ModelTestConfig<object, never, void>;
const unheard = () => ({ unsubscribe: () => {} });
const session = new OwnedSession(1, {} as never, {} as never);

const machineNames = names<ReconnectOptions>({
  backoff: 1,
  connectTimeoutMs: 1,
  failFast: 1,
  gracePeriodMs: 1,
  limiter: 1,
  limiterKey: 1,
  now: 1,
  priority: 1,
  random: 1,
  resumePoint: 1,
  stableAfterMs: 1,
});
const actorNames = names<ReconnectActorOptions>({
  ...({} as Record<keyof ReconnectOptions, 1>),
  clock: 1,
  id: 1,
  inspect: 1,
  logger: 1,
  systemId: 1,
}).concat(machineNames);

const compiledNames = names<CompiledActorOptions>({
  ...({} as Record<keyof ReconnectOptions, 1>),
  clock: 1,
  id: 1,
  logger: 1,
}).concat(machineNames);

const rows: readonly Row[] = [
  {
    name: 'reconnectMachine',
    type: 'ReconnectOptions',
    names: [...machineNames, 'connector'],
    argument: 'input',
    isRequired: true,
    call: (options) => {
      const connected = typeof options === 'object' && options !== null;
      const input = connected ? { connector: refused, ...(options as object) } : options;
      const { error } = createActor(reconnectMachine, { input }).getSnapshot();
      if (error !== undefined) throw error;
    },
  },
  {
    name: 'createReconnectActor',
    type: 'ReconnectActorOptions',
    names: actorNames,
    call: (options) => createReconnectActor(refused, options),
  },
  {
    name: 'createReconnectActor of schmoozer/compiled',
    type: 'CompiledActorOptions',
    names: compiledNames,
    call: (options) => createCompiled(refused, options),
  },
  {
    name: 'run',
    type: 'RunOptions',
    names: names<Omit<RunOptions, keyof CompiledActorOptions>>({ onEvent: 1, signal: 1 }).concat(
      compiledNames,
    ),
    call: (options) => run(refused, options),
  },
  {
    name: 'exponentialBackoff',
    type: 'ExponentialBackoffOptions',
    names: names<ExponentialBackoffOptions>({
      baseMs: 1,
      factor: 1,
      jitter: 1,
      maxMs: 1,
      minMs: 1,
    }),
    call: exponentialBackoff,
  },
  {
    name: 'connectBudget',
    type: 'ConnectBudgetOptions',
    names: names<ConnectBudgetOptions>({
      clock: 1,
      lease: 1,
      logger: 1,
      maxDelayMs: 1,
      now: 1,
      retryMs: 1,
      timeoutMs: 1,
    }),
    call: (options) => connectBudget({ reserve: async () => ({ delayMs: 0 }) }, options),
  },
  {
    name: 'connectLimiter',
    type: 'ConnectLimiterOptions',
    names: names<ConnectLimiterOptions>({
      budget: 1,
      clock: 1,
      maxConcurrent: 1,
      maxConcurrentTotal: 1,
      maxQueued: 1,
      now: 1,
      pace: 1,
    }),
    call: connectLimiter,
  },
  {
    name: 'createGroup',
    type: 'GroupOptions',
    names: names<Omit<GroupOptions, keyof ReconnectOptions>>({
      clock: 1,
      logger: 1,
      restart: 1,
      staggerMs: 1,
    }).concat(machineNames.filter((name) => name !== 'resumePoint')),
    call: createGroup,
  },
  {
    name: 'add of a group',
    type: 'LinkOptions',
    names: names<Pick<LinkOptions, 'resumePoint'>>({ resumePoint: 1 }).concat(
      machineNames.filter((name) => name !== 'limiter' && name !== 'resumePoint'),
    ),
    call: (options) => createGroup({ limiter: false }).add('a', () => refused, options),
  },
  {
    name: 'restart of createGroup',
    type: 'RestartOptions',
    names: names<RestartOptions>({ delayMs: 1, intensity: 1, periodMs: 1, scope: 1 }),
    argument: 'restart',
    path: 'restart.',
    takesNull: true,
    call: (restart) => createGroup({ restart }),
  },
  {
    name: 'stop of a group',
    type: 'GroupStopOptions',
    names: names<GroupStopOptions>({ deadlineMs: 1, order: 1, reason: 1 }),
    call: (options) => createGroup().stop(options),
  },
  {
    name: 'healthOf',
    type: 'HealthOptions',
    names: names<HealthOptions>({ maxLinks: 1 }),
    call: (options) => healthOf({}, options),
  },
  ...[logEvents, (options: never) => createLinkLogger({ on: unheard }, options)].map((call, i) => ({
    name: ['logEvents', 'createLinkLogger'][i] as string,
    type: 'LogEventsOptions',
    names: names<LogEventsOptions>({ everyMs: 1, log: 1, name: 1, now: 1 }),
    isRequired: true,
    call,
  })),
  {
    name: 'adaptivePace',
    type: 'AdaptivePaceOptions',
    names: names<AdaptivePaceOptions>({
      burst: 1,
      decrease: 1,
      idleResetMs: 1,
      initialPerSecond: 1,
      maxPerSecond: 1,
      minPerSecond: 1,
    }),
    call: adaptivePace,
  },
  {
    name: 'fixedPace',
    type: 'FixedPaceOptions',
    names: names<FixedPaceOptions>({ burst: 1, perSecond: 1 }),
    call: fixedPace,
    isRequired: true,
  },
  {
    name: 'endpoints',
    type: 'EndpointsOptions',
    names: names<EndpointsOptions>({
      clock: 1,
      connectTimeoutMs: 1,
      discoverAgeMs: 1,
      discoverTimeoutMs: 1,
      eject: 1,
      failbackMs: 1,
      now: 1,
      onEvent: 1,
      order: 1,
      random: 1,
      stableAfterMs: 1,
    }),
    call: (options) => endpoints(['a'], () => refused, options),
  },
  {
    name: 'endpoints, its `eject`',
    type: 'EjectOptions',
    names: names<EjectOptions>({ baseMs: 1, consecutiveFailures: 1, maxMs: 1 }),
    argument: 'eject',
    path: 'eject.',
    takesNull: true,
    call: (eject) => endpoints(['a'], () => refused, { eject }),
  },
  {
    name: 'exclusive',
    type: 'ExclusiveOptions',
    names: names<ExclusiveOptions>({ clock: 1, gracePeriodMs: 1, limiter: 1, lock: 1, name: 1 }),
    call: (options) => exclusive(refused, options),
    isRequired: true,
  },
  {
    name: 'expiringLock',
    type: 'ExpiringLockOptions',
    names: names<ExpiringLockOptions>({ clock: 1, lifeMs: 1, now: 1, pollMs: 1 }),
    call: (options) => expiringLock({ claim: () => Promise.reject(new Error('away')) }, options),
  },
  {
    name: 'diagnose',
    type: 'DiagnoseOptions',
    names: names<DiagnoseOptions>({ name: 1, peer: 1 }),
    call: (options) => diagnose(createReconnectActor(refused), options),
  },
  {
    name: 'resolveMessageOptions',
    type: 'MessageOptions',
    names: names<MessageOptions<unknown>>({
      maxInFlight: 1,
      maxWaiting: 1,
      onError: 1,
      onMessage: 1,
      onMessageError: 1,
      onSession: 1,
    }),
    isRequired: true,
    call: (options: MessageOptions<unknown>) => resolveMessageOptions(options, {}, []),
  },
  {
    name: 'resolveRedeliveryOptions',
    type: 'RedeliveryOptions',
    names: names<MessageOptions<unknown> & RedeliveryOptions<unknown>>({
      clock: 1,
      maxInFlight: 1,
      maxRedeliveries: 1,
      maxWaiting: 1,
      onDeadLetter: 1,
      onError: 1,
      onMessage: 1,
      onMessageError: 1,
      onSession: 1,
      redeliveryDelayMs: 1,
    }),
    isRequired: true,
    call: (options: MessageOptions<unknown> & RedeliveryOptions<unknown>) =>
      resolveRedeliveryOptions(options, {}, []),
  },
  {
    name: 'eventStream',
    type: 'EventStreamOptions',
    names: names<EventStreamOptions>({
      clock: 1,
      fetch: 1,
      fetchOptions: 1,
      headers: 1,
      isRetryable: 1,
      lastEventId: 1,
      maxAgeMs: 1,
      maxAgeSpreadMs: 1,
      maxEventLength: 1,
      onError: 1,
      onMessage: 1,
      onMessageError: 1,
      onSession: 1,
      random: 1,
      readAheadBytes: 1,
      retryDelay: 1,
      silenceMs: 1,
      token: 1,
      url: 1,
    }),
    isRequired: true,
    call: eventStream,
  },
  {
    name: 'srvEndpoints',
    type: 'SrvEndpointsOptions',
    names: names<SrvEndpointsOptions>({ servers: 1 }),
    call: (options) => srvEndpoints('_feed._tcp.example.test', options),
  },
  {
    name: 'outbox',
    type: 'OutboxOptions',
    names: names<OutboxOptions<unknown, unknown>>({
      ack: 1,
      ackTimeoutMs: 1,
      clock: 1,
      key: 1,
      maxBytes: 1,
      maxItems: 1,
      onFull: 1,
      onSendError: 1,
      send: 1,
      sizeOf: 1,
      store: 1,
      storeTimeoutMs: 1,
      window: 1,
    }),
    isRequired: true,
    call: outbox,
  },
  ...(['add', 'deliver', 'drained'] as const).map((method) => ({
    name: `${method} of an outbox`,
    names: ['signal'],
    isRequired: method === 'deliver',
    call: (options: never) => {
      const box = outbox({ send: () => {}, store: memoryStore() });
      if (method === 'drained') return box.drained(options);
      return method === 'add' ? box.add('a', options) : box.deliver(null, options);
    },
  })),
  {
    name: 'fileStore',
    type: 'FileStoreOptions',
    names: names<FileStoreOptions<unknown>>({
      compactBytes: 1,
      decode: 1,
      encode: 1,
      fsync: 1,
      path: 1,
    }),
    isRequired: true,
    call: fileStore,
  },
  {
    name: 'retryable',
    type: 'RetryableOptions',
    names: names<NonNullable<Parameters<typeof retryable>[1]>>({
      consumesAttempt: 1,
      delayMs: 1,
      spreadMs: 1,
    }),
    call: (options) => retryable('down', options),
  },
  {
    name: 'tcpConnector',
    type: 'TcpConnectorOptions',
    names: names<TcpConnectorOptions>({
      clock: 1,
      closeTimeoutMs: 1,
      handshake: 1,
      host: 1,
      isRetryable: 1,
      keepAlive: 1,
      keepAliveDelayMs: 1,
      lookup: 1,
      maxAgeMs: 1,
      maxAgeSpreadMs: 1,
      noDelay: 1,
      onOverflow: 1,
      open: 1,
      path: 1,
      port: 1,
      probe: 1,
      random: 1,
      readAheadBytes: 1,
      retryDelay: 1,
      run: 1,
      silenceMs: 1,
      socketOptions: 1,
      target: 1,
      tls: 1,
    }),
    isRequired: true,
    call: tcpConnector,
  },
  {
    name: 'lines',
    type: 'LinesOptions',
    names: names<LinesOptions>({ maxLineBytes: 1, onUnfinished: 1, signal: 1, yieldUnfinished: 1 }),
    call: (options) => lines(new Socket(), options),
  },
  {
    name: 'tcpConnector, its `socketOptions`',
    type: 'TcpSocketOptions',
    names: names<TcpSocketOptions>({
      allowHalfOpen: 1,
      autoSelectFamily: 1,
      autoSelectFamilyAttemptTimeout: 1,
      family: 1,
      hints: 1,
      localAddress: 1,
      localPort: 1,
    }),
    argument: 'socketOptions',
    path: 'socketOptions.',
    call: (socketOptions) => tcpConnector({ host: 'h', port: 1, run: refused.run, socketOptions }),
  },
  {
    name: 'tcpConnector, its `target`',
    names: ['host', 'port', 'path', 'tls'],
    argument: 'target',
    path: 'target.',
    call: (target) =>
      tcpConnector({
        ...(target === undefined ? { host: 'h', port: 1 } : { target: target as TcpTarget }),
        run: refused.run,
      }),
  },
  { name: 'write', names: ['signal'], call: (options) => write(new Socket(), '', options) },
  { name: 'closed', names: ['signal'], call: (options) => closed(new Socket(), options) },
  {
    name: 'webSocketConnector',
    type: 'WebSocketConnectorOptions',
    names: names<WebSocketConnectorOptions>({
      binaryType: 1,
      clock: 1,
      closeCode: 1,
      closeTimeoutMs: 1,
      delayAfterRestart: 1,
      handshake: 1,
      heartbeat: 1,
      highWaterMark: 1,
      isRetryable: 1,
      maxMessageBytes: 1,
      readAheadBytes: 1,
      maxAgeMs: 1,
      maxAgeSpreadMs: 1,
      silenceMs: 1,
      protocols: 1,
      onOverflow: 1,
      random: 1,
      retryDelay: 1,
      run: 1,
      socketOptions: 1,
      url: 1,
      WebSocket: 1,
    }),
    isRequired: true,
    call: webSocketConnector,
  },
  {
    name: 'webSocketConnector, its `heartbeat`',
    type: 'HeartbeatOptions',
    names: names<HeartbeatOptions>({
      intervalMs: 1,
      isPong: 1,
      message: 1,
      probeTimeoutMs: 1,
      timeoutMs: 1,
    }),
    argument: 'heartbeat',
    path: 'heartbeat.',
    call: (heartbeat) => webSocketConnector({ url, WebSocket, run: refused.run, heartbeat }),
  },
  {
    name: 'ReconnectingWebSocket',
    type: 'ReconnectingWebSocketOptions',
    names: names<Omit<ReconnectingWebSocketOptions, keyof ReconnectOptions>>({
      clock: 1,
      closeMode: 1,
      closeTimeoutMs: 1,
      connectionTimeout: 1,
      debug: 1,
      debugLogger: 1,
      delayAfterRestart: 1,
      handshake: 1,
      heartbeat: 1,
      isRetryable: 1,
      logger: 1,
      maxAgeMs: 1,
      maxAgeSpreadMs: 1,
      maxEnqueuedBytes: 1,
      maxEnqueuedMessages: 1,
      maxMessageBytes: 1,
      maxReconnectionDelay: 1,
      maxRetries: 1,
      minReconnectionDelay: 1,
      minUptime: 1,
      onEvent: 1,
      onOverflow: 1,
      readAheadBytes: 1,
      reconnectionDelayGrowFactor: 1,
      shouldReconnectOnClose: 1,
      silenceMs: 1,
      socketOptions: 1,
      startClosed: 1,
      wake: 1,
      WebSocket: 1,
    }).concat(machineNames.filter((name) => name !== 'resumePoint')),
    call: (options) => new ReconnectingWebSocket(url, [], options).close(),
  },
  {
    name: 'opened',
    type: 'OpenedOptions',
    names: names<OpenedOptions>({ signal: 1 }),
    call: (options) => createReconnectActor(refused).opened(options),
  },
  { name: 'messages', names: ['signal'], call: (options) => session.messages(options) },
  {
    name: 'whileOnline',
    type: 'WhileOnlineOptions',
    names: names<WhileOnlineOptions>({ navigator: 1, probeMs: 1, window: 1 }),
    call: (options) => whileOnline(refused, options),
  },
  {
    name: 'reconnectOnWake',
    type: 'ReconnectOnWakeOptions',
    names: names<ReconnectOnWakeOptions>({
      clockJump: 1,
      debounceMs: 1,
      document: 1,
      dropAfterMs: 1,
      jumpMs: 1,
      minAttemptMs: 1,
      navigator: 1,
      now: 1,
      online: 1,
      random: 1,
      spreadMs: 1,
      visible: 1,
      window: 1,
    }),
    call: (options) => reconnectOnWake(createReconnectActor(refused), options)(),
  },
  {
    name: 'createInspector',
    type: 'InspectorOptions',
    names: names<InspectorOptions>({
      allow: 1,
      backoff: 1,
      gracePeriodMs: 1,
      maxBufferedBytes: 1,
      allowCommands: 1,
      app: 1,
      logger: 1,
      microsteps: 1,
      url: 1,
      WebSocket: 1,
    }),
    call: createInspector,
  },
  {
    name: 'createInspector, its `allow`',
    type: 'InspectorAllow',
    names: names<InspectorAllow>({ context: 1, error: 1, event: 1, input: 1, output: 1 }),
    argument: 'allow',
    path: 'allow.',
    takesNull: true,
    call: (allow) => createInspector({ WebSocket, url, allow }),
  },
  {
    name: 'createInspector, its `app`',
    names: names<InspectorApp>({ name: 1, version: 1 }),
    argument: 'app',
    path: 'app.',
    takesNull: true,
    call: (app) => createInspector({ WebSocket, url, app }),
  },
  {
    name: 'modelTest',
    type: 'ModelTestConfig',
    names: names<ModelTestConfig<never, never, never>>({
      allowGrace: 1,
      attach: 1,
      commands: 1,
      connector: 1,
      create: 1,
      dispose: 1,
      engine: 1,
      eventually: 1,
      options: 1,
      outcomes: 1,
      resources: 1,
      states: 1,
      steady: 1,
      world: 1,
    }),
    argument: 'config',
    isRequired: true,
    call: modelTest,
  },
  {
    name: 'modelTest, its `options`',
    type: 'ModelTestOptions',
    names: names<ModelTestOptions>({
      backoff: 1,
      connectTimeoutMs: 1,
      failFast: 1,
      gracePeriodMs: 1,
      inspect: 1,
      limiter: 1,
      limiterKey: 1,
      priority: 1,
      stableAfterMs: 1,
    }),
    path: 'options.',
    call: (options) => modelTest({ ...config, options }),
  },
  {
    name: 'modelTest, its `eventually`',
    type: 'Eventually',
    names: names<Eventually>({ intervalMs: 1, timeoutMs: 1 }),
    argument: 'eventually',
    path: 'eventually.',
    call: (eventually) => modelTest({ ...config, eventually }),
  },
  {
    name: 'modelTest, its `outcomes`',
    names: OUTCOMES,
    argument: 'outcomes',
    path: 'outcomes.',
    isRequired: true,
    call: (outcomes) => modelTest({ ...config, outcomes }),
  },
  {
    name: 'modelTest, its `states`',
    names: [...STATES, ...PASSING],
    argument: 'states',
    path: 'states.',
    isRequired: true,
    call: (states) => modelTest({ ...config, states }),
  },
  {
    name: 'modelTest, its `commands`',
    names: names<NonNullable<ModelTestConfig<never, never, never>['commands']>>({
      probe: 1,
      reconnect: 1,
      resume: 1,
      suspend: 1,
    }),
    argument: 'commands',
    path: 'commands.',
    call: (commands) => modelTest({ ...config, commands }),
  },
  {
    name: 'paths',
    type: 'ModelTestPathOptions',
    names: names<ModelTestPathOptions>({ cover: 1, maxAttempt: 1 }),
    call: (options) => modelTest(config).paths(options),
  },
  {
    name: 'explore',
    type: 'ExploreOptions',
    names: names<ExploreOptions>({ depth: 1, maxSequences: 1, seed: 1, sequences: 1 }),
    isRequired: true,
    call: (options) => modelTest(config).explore(options),
  },
  {
    name: 'scriptedConnector',
    type: 'ScriptedConnectorOptions',
    names: names<ScriptedConnectorOptions>({ closed: 1, probe: 1, retryDelay: 1 }),
    call: scriptedConnector,
  },
  {
    name: 'scriptedLimiter',
    type: 'ScriptedLimiterOptions',
    names: names<ScriptedLimiterOptions>({ admits: 1 }),
    call: scriptedLimiter,
  },
];

/** What the call throws, or what its promise rejects with. */
async function errorOf({ call }: Row, options: unknown): Promise<unknown> {
  try {
    await call(options as never);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe.each(rows)('the options of $name', (row) => {
  const { path = '', argument = 'options', isRequired = false, takesNull = false } = row;

  it.each(row.names)('refuse `%sx`, and name the option that was meant', async (name) => {
    const error = await errorOf(row, { [`${name}x`]: 'a secret' });
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect((error as Error).message).toBe(
      `\`${path}${name}x\` must be left out: no such option, the nearest is \`${path}${name}\`; received a string of 8 characters`,
    );
  });

  it.each(row.names)('know `%s`', async (name) => {
    const error = (await errorOf(row, { [name]: NaN })) as Error | undefined;
    expect(String(error?.message)).not.toContain('no such option');
  });

  it.each([5, 'text', true, ...(takesNull ? [] : [null]), ...(isRequired ? [undefined] : [])])(
    'are not %o',
    async (options) => {
      const error = await errorOf(row, options);
      expect(error).toBeInstanceOf(InvalidOptionError);
      // A text may be an address with a password in it.
      const received = options === 'text' ? 'a string of 4 characters' : options;
      expect(error).toMatchObject({ option: argument, received });
    },
  );
});

it('every type of options is here, except what is handed to Node', () => {
  const types = Object.values(surface).flatMap((entry) => entry.types);
  const isOfOptions = (type: string) => /(Options|Config|Allow|Eventually)$/.test(type);
  const tested = rows.flatMap(({ type }) => type ?? []);
  expect(new Set([...tested, 'TlsOptions'])).toEqual(new Set(types.filter(isOfOptions)));
});

it('a whole context is taken for the signal in it', async () => {
  const { signal } = new AbortController();
  const context = { signal, attempt: 0, epoch: 1, lastError: undefined };
  const socket = new Socket();
  const waiting = closed(socket, context);
  socket.destroy();
  await waiting;
  expect(await lines(socket, context).next()).toEqual({ done: true, value: undefined });
  expect(() => session.messages(context)).not.toThrow(InvalidOptionError);
});
