// Why: docs/decisions/0081-a-websocket-that-comes-back.md
import { reconnectOnWake } from '../browser/reconnectOnWake.js';
import { LinkActor } from '../compiled/linkActor.js';
import { checkWebSocketUrl } from '../core/check.js';
import { type AnyConnector, Continue, type RunContext } from '../core/connector.js';
import { ConnectTimeoutError, InvalidOptionError, ListenerError } from '../core/errors.js';
import { report } from '../core/report.js';
import { whenAborted } from '../core/whenAborted.js';
import { checkData } from '../connectors/websocket/checkData.js';
import { checkCloseCode, checkCloseReason } from '../connectors/websocket/close.js';
import { resolveSettings } from '../connectors/websocket/options.js';
import type { WebSocketSession } from '../connectors/websocket/session.js';
import type {
  WebSocketBinaryType,
  WebSocketClass,
  WebSocketData,
  WebSocketLike,
} from '../connectors/websocket/socketLike.js';
import { connectorOf } from '../connectors/websocket/webSocketConnector.js';
import type { ReconnectCommand, ReconnectEmitted } from '../machine/vocabulary.js';
import { SendQueue } from './sendQueue.js';
import { type CloseFacts, makeEvent, type SocketEventMap } from './socketEvents.js';
import {
  type ReconnectingWebSocketOptions,
  resolveSocketOptions,
  type SocketSettings,
} from './socketOptions.js';

/** A value, or a function that returns it and is called at each attempt. */
type Provider<T> = T | (() => T | PromiseLike<T>);
type Protocols = string | readonly string[] | null | undefined;
type Session = WebSocketSession<WebSocketBinaryType>;

/** Declared here because not every consumer has the DOM's types. */
interface ListenerOptions {
  readonly capture?: boolean;
  readonly once?: boolean;
  readonly passive?: boolean;
  readonly signal?: AbortSignal;
}

/** Adds listeners that the types of `EventTarget` do not accept. */
interface SocketTarget extends EventTarget {
  /** Calls `listener` with each event of this type. */
  addEventListener<TType extends keyof SocketEventMap>(
    type: TType,
    listener: SocketListener<TType> | null,
    options?: boolean | ListenerOptions,
  ): void;
  /** As that of `EventTarget`, for any other type. */
  addEventListener(...args: Parameters<EventTarget['addEventListener']>): void;
  /** Removes a listener. */
  removeEventListener<TType extends keyof SocketEventMap>(
    type: TType,
    listener: SocketListener<TType> | null,
    options?: boolean | Pick<ListenerOptions, 'capture'>,
  ): void;
  /** As that of `EventTarget`, for any other type. */
  removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void;
}

type SocketListener<TType extends keyof SocketEventMap> =
  | ((event: SocketEventMap[TType]) => void)
  | { handleEvent(event: SocketEventMap[TType]): void };

const SocketTarget = EventTarget as new () => SocketTarget;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/**
 * A reconnecting WebSocket: the interface of the platform's class, over a link. It connects when it is constructed,
 * unless `startClosed` is set, and replaces the class of reconnecting-websocket and partysocket.
 */
export class ReconnectingWebSocket extends SocketTarget {
  /** An attempt is under way, its handshake included. */
  static readonly CONNECTING = CONNECTING;
  /** A session is open. */
  static readonly OPEN = OPEN;
  /** `close()` was called, and the session ends. */
  static readonly CLOSING = CLOSING;
  /** There is no connection: it waits before the next attempt, or has ended and waits for `reconnect()`. */
  static readonly CLOSED = CLOSED;
  /** An attempt is under way, its handshake included. */
  readonly CONNECTING = CONNECTING;
  /** A session is open. */
  readonly OPEN = OPEN;
  /** `close()` was called, and the session ends. */
  readonly CLOSING = CLOSING;
  /** There is no connection: it waits before the next attempt, or has ended and waits for `reconnect()`. */
  readonly CLOSED = CLOSED;

  /** Called when a session is open. */
  onopen: ((event: SocketEventMap['open']) => void) | null = null;
  /** Called with each message. */
  onmessage: ((event: SocketEventMap['message']) => void) | null = null;
  /** Called when an attempt or a session has failed. */
  onerror: ((event: SocketEventMap['error']) => void) | null = null;
  /** Called when a session or an attempt has ended. */
  onclose: ((event: SocketEventMap['close']) => void) | null = null;

  readonly #settings: SocketSettings;
  readonly #connector: AnyConnector;
  readonly #queue: SendQueue;
  #link: LinkActor;
  #readyState: number;
  /** The session whose events are dispatched; undefined while an earlier session closes silently. */
  #session: Session | undefined;
  /** The latest WebSocket. */
  #socket: WebSocketLike | undefined;
  #binaryType: string = 'blob';
  #url = '';
  #isWanted = false;
  #isCloseCalled = false;
  #hasWarned = false;
  /** Number of failures that `reconnect()` has discounted. */
  #writtenOff = 0;
  #endWatch: (() => void) | undefined;

  /**
   * @param url an absolute ws:, wss:, http: or https: address, in a page also a relative one; or a function that is
   * called at each attempt
   * @param protocols subprotocols to offer; or a function that is called at each attempt. Default: none
   * @throws InvalidOptionError when an argument or option is missing, unknown or out of bounds
   */
  constructor(
    url: Provider<string | URL>,
    protocols?: Provider<Protocols>,
    options: ReconnectingWebSocketOptions = {},
  ) {
    super();
    const settings = resolveSocketOptions(options);
    this.#settings = settings;
    this.#queue = new SendQueue(settings.maxEnqueuedMessages, settings.maxEnqueuedBytes);
    this.#connector = this.#connectorTo(url, protocols);
    for (const type of ['open', 'message', 'error', 'close'] as const) {
      this.addEventListener(type, (event: Event) => this[`on${type}`]?.(event as never));
    }
    this.#readyState = settings.startClosed ? CLOSED : CONNECTING;
    this.#link = this.#makeLink();
    if (!settings.startClosed) this.#start();
  }

  /** One of `CONNECTING`, `OPEN`, `CLOSING` and `CLOSED`. */
  get readyState(): number {
    return this.#readyState;
  }

  /** The address of the latest attempt; empty before the first. */
  get url(): string {
    return this.#url;
  }

  /** The subprotocol that the server chose for the latest WebSocket; empty until that has opened. */
  get protocol(): string {
    return this.#socket?.protocol ?? '';
  }

  /** The extensions that the server chose for the latest WebSocket; empty until that has opened. */
  get extensions(): string {
    return this.#socket?.extensions ?? '';
  }

  /** Number of unsent bytes, including messages that wait for a connection. */
  get bufferedAmount(): number {
    return this.#queue.bytes + (this.#session?.bufferedAmount ?? 0);
  }

  /** The type of binary messages; can be set. With `ws` it can also be `nodebuffer`. Default: `blob`. */
  get binaryType(): 'blob' | 'arraybuffer' {
    return (this.#socket?.binaryType ?? this.#binaryType) as 'blob';
  }

  set binaryType(value: 'blob' | 'arraybuffer' | 'nodebuffer') {
    this.#binaryType = value;
    if (this.#socket !== undefined) this.#socket.binaryType = value;
  }

  /** Number of failures in a row since the last good session, or since `reconnect()`. */
  get retryCount(): number {
    return Math.min(this.#link.attempt - this.#writtenOff, this.#settings.maxRetries);
  }

  /** True if it reconnects automatically. */
  get shouldReconnect(): boolean {
    return this.#isWanted;
  }

  /**
   * Sends a message, or queues it until there is a connection.
   *
   * @returns true when it was passed to an open WebSocket; false when it was queued; undefined when it was dropped
   * because the queue is full
   * @throws InvalidOptionError when it is an object that cannot be sent
   */
  send(data: WebSocketData): boolean | undefined {
    // Converts numbers and the like to strings, as the platform does.
    const given: unknown = data;
    const message = checkData('data', typeof given === 'object' ? given : `${given as number}`);
    if (this.#readyState === OPEN && this.#socket?.readyState === OPEN) {
      void this.#session?.send(message);
      return true;
    }
    if (this.#isCloseCalled && !this.#hasWarned) {
      this.#hasWarned = true;
      console.warn('ReconnectingWebSocket: send() after close(): it waits until reconnect()');
    }
    return this.#queue.put(message) ? false : undefined;
  }

  /** Removes and returns the queued messages. */
  drainQueuedMessages(): WebSocketData[] {
    return this.#queue.take();
  }

  /**
   * Ends the session or the attempt; it does not reconnect until `reconnect()`.
   *
   * @param code 1000 or 3000 to 4999; default 1000
   * @param reason at most 123 bytes of UTF-8; default empty
   * @throws InvalidOptionError when an argument is out of bounds
   */
  close(code = 1000, reason = ''): void {
    checkCloseCode('code', code);
    checkCloseReason(reason);
    this.#isCloseCalled = true;
    if (!this.#isWanted) return;
    const state = this.#readyState;
    const session = this.#session;
    void session?.close(code, reason);
    this.#rest();
    if (state === CLOSED) return;
    if (this.#settings.closeMode === 'immediate') {
      this.#closed({ code, reason, wasClean: true });
      return;
    }
    this.#readyState = CLOSING;
    void Promise.resolve().then(() => this.#closeUnopened());
  }

  /**
   * Drops the session or the attempt and connects at once, also after `close()` or after it has given up. An open
   * session dispatches its `close` event at once.
   *
   * @param code 1000 or 3000 to 4999; default 1000
   * @param reason at most 123 bytes of UTF-8; default empty
   * @throws InvalidOptionError when an argument is out of bounds
   */
  reconnect(code = 1000, reason = ''): void {
    checkCloseCode('code', code);
    checkCloseReason(reason);
    const session = this.#session;
    this.#isWanted = true;
    this.#isCloseCalled = false;
    this.#hasWarned = false;
    if (session !== undefined) {
      void session.close(code, reason);
      this.#closed({ code, reason, wasClean: true }, true);
      // A listener may have closed it.
      if (!this.shouldReconnect) return;
    }
    if (this.#link.getSnapshot().status !== 'active') this.#link = this.#makeLink();
    this.#readyState = CONNECTING;
    this.#start();
    this.#writtenOff = this.#link.attempt;
    // In each state, one of the two commands is ignored.
    this.#command('resume');
    this.#command('reconnect');
  }

  #start(): void {
    this.#isWanted = true;
    this.#link.start();
    const { document } = globalThis as { document?: unknown };
    if (this.#settings.wake && document !== undefined) {
      this.#endWatch ??= reconnectOnWake(this.#link);
    }
  }

  /** Stops reconnecting automatically. */
  #rest(): void {
    this.#isWanted = false;
    this.#endWatch?.();
    this.#endWatch = undefined;
    this.#command('suspend');
  }

  #command(type: ReconnectCommand['type']): void {
    this.#link.hear({ type });
  }

  #makeLink(): LinkActor {
    const { machine, clock, logger, debug, debugLogger = console.log, onEvent } = this.#settings;
    const { backoff, ...rest } = machine;
    const link = new LinkActor(
      {
        ...rest,
        backoff: (failure, random) => {
          const attempt = failure.attempt - this.#writtenOff;
          if (attempt > this.#settings.maxRetries) return Continue(Infinity);
          const since = {
            ...failure,
            attempt,
            get signal() {
              return failure.signal;
            },
          };
          return backoff(since, random);
        },
        connector: this.#connector,
      },
      { clock, logger },
    );
    link.on('*', (event) => this.#heard(event));
    if (debug) link.on('*', (event) => debugLogger('RWS>', event.type, event));
    if (onEvent !== undefined) link.on('*', onEvent);
    return link;
  }

  #connectorTo(url: Provider<string | URL>, protocols: Provider<Protocols>): AnyConnector {
    if (typeof url !== 'function') checkWebSocketUrl(absolute(url));
    const settings = resolveSettings<void, WebSocketBinaryType>({
      ...this.#settings.connector,
      url: typeof url === 'function' ? async () => absolute(await url()) : absolute(url),
      protocols:
        typeof protocols === 'function' ? async () => (await protocols()) || [] : protocols || [],
      run: (session, context) => this.#run(session, context),
    });
    return connectorOf({
      ...settings,
      binaryType: undefined as never,
      // A missing class will not appear later.
      isRetryable: (error, facts) =>
        error instanceof InvalidOptionError && error.option === 'WebSocket'
          ? 'fatal'
          : settings.isRetryable(error, facts),
      platform: () => {
        const platform = settings.platform();
        return { ...platform, WebSocket: this.#seen(platform.WebSocket) };
      },
    });
  }

  /** Wraps the class to observe its WebSockets from their first moment. */
  #seen(WebSocket: WebSocketClass): WebSocketClass {
    return new Proxy(WebSocket, {
      construct: (target, args: ConstructorParameters<WebSocketClass>) => {
        const socket = new target(...args);
        socket.binaryType = this.#binaryType;
        this.#socket = socket;
        this.#url = args[0];
        return socket;
      },
    });
  }

  async #run(session: Session, context: RunContext): Promise<Continue> {
    this.#session = session;
    this.#readyState = OPEN;
    whenAborted(context, () => void session.close());
    // A server may have closed it already: then the messages wait for the next session.
    if (this.#socket?.readyState === OPEN) {
      for (const message of this.#queue.take()) void session.send(message);
    }
    this.dispatchEvent(new Event('open'));
    const { origin } = new URL(session.url);
    try {
      for await (const data of session.messages()) {
        if (this.#session === session && !this.#isCloseCalled) {
          this.dispatchEvent(makeEvent('message', 'MessageEvent', { data, origin }));
        }
      }
    } catch {
      // The code below handles how it ended.
    }
    const { error, ...close } = await session.closed;
    if (this.#session === session) {
      if (error !== undefined && !close.wasClean) this.#failed(error);
      if (this.#session === session) this.#closed(close);
    }
    // The link receives the error from the connector's `closed`.
    return Continue();
  }

  #heard(event: ReconnectEmitted): void {
    switch (event.type) {
      case 'attempt.started':
        this.#readyState = CONNECTING;
        break;
      case 'attempt.failed':
        this.#failed(event.error);
        // Unless a listener has closed it, or connected again.
        this.#closeUnopened(CONNECTING);
        break;
      case 'connection.stable':
        this.#writtenOff = 0;
        break;
      case 'connection.closing':
        if (this.#readyState === OPEN) this.#readyState = CLOSING;
        break;
      case 'connection.closed':
        // The attempt exceeded the link's timeout.
        if (this.#session !== undefined) {
          this.#closed({ ...UNOPENED, ...(event.detail as Partial<CloseFacts>) });
        }
        break;
      case 'retry.scheduled':
        if (this.#link.attempt - this.#writtenOff > this.#settings.maxRetries) this.#rest();
        break;
      case 'link.ended':
        this.#rest();
        break;
    }
  }

  #closeUnopened(state = CLOSING): void {
    if (this.#readyState === state && this.#session === undefined) this.#closed(UNOPENED);
  }

  #failed(error: unknown): void {
    const isTimeout = error instanceof ConnectTimeoutError;
    const message = isTimeout ? 'TIMEOUT' : String((error as Error | undefined)?.message ?? error);
    this.dispatchEvent(makeEvent('error', 'ErrorEvent', { error, message }));
  }

  #closed({ code, reason, wasClean }: CloseFacts, isReconnect = false): void {
    this.#session = undefined;
    this.#readyState = CLOSED;
    const event = makeEvent('close', 'CloseEvent', { code, reason, wasClean });
    if (this.#isWanted && !isReconnect && !this.#goesOn(event)) this.#rest();
    this.dispatchEvent(event);
  }

  #goesOn(event: SocketEventMap['close']): boolean {
    const { shouldReconnectOnClose, logger = console.log } = this.#settings;
    try {
      return shouldReconnectOnClose?.(event) ?? true;
    } catch (error) {
      report(logger, new ListenerError(error));
      return true;
    }
  }
}

/** The close event of a WebSocket that never opened, as the platform reports it. */
const UNOPENED: CloseFacts = { code: 1006, reason: '', wasClean: false };

/**
 * Converts to an absolute ws: or wss: address, as the platform's own class does: in a page relative addresses are
 * allowed, and http: stands for ws:.
 */
function absolute(url: string | URL): string {
  try {
    const { location } = globalThis as { location?: { readonly href: string } };
    const parsed = new URL(url, location?.href);
    parsed.protocol = parsed.protocol.replace('http', 'ws');
    return parsed.href;
  } catch {
    // The later check refuses it.
    return url as string;
  }
}
