import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkNames,
  checkObject,
  checkString,
  checkWebSocketClass,
  checkWebSocketUrl,
  resolveOptions,
} from '../core/check.js';
import { InvalidOptionError } from '../core/errors.js';
import type { Backoff } from '../policy/backoff.js';
import { exponentialBackoff } from '../policy/exponentialBackoff.js';

/** The part of a WebSocket that is used: those of browsers, Node and `ws` all have it. */
export interface InspectorWebSocket {
  /** Bytes that wait to go out. */
  readonly bufferedAmount: number;
  /** Sends a frame as text. */
  send(data: string): void;
  /** Closes it. */
  close(code?: number): void;
  /** Reports `open`, `error` and `close`. */
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
}

/** A browser's `WebSocket`, or the class that `ws` exports; the third argument is for `ws`. */
export type InspectorWebSocketClass = new (
  url: string,
  protocols?: string[],
  options?: object,
) => InspectorWebSocket;

/**
 * The names of the fields that may leave the process, provided that they hold a string, a number, a boolean or null. A
 * list replaces its default. All other values are replaced by their type.
 */
export interface InspectorAllow {
  /** Fields of a context. Default: `attempt`, `epoch`, `delayMs`. */
  readonly context?: readonly string[];
  /** Fields of an event, besides its type. Default: `attempt`, `epoch`, `delayMs`. */
  readonly event?: readonly string[];
  /** Fields of an actor's input. Default: none. */
  readonly input?: readonly string[];
  /** Fields of an actor's output. Default: none. */
  readonly output?: readonly string[];
  /** Fields of an error. Default: `name`, `message`, `code`. */
  readonly error?: readonly string[];
}

/**
 * The name and version of your program, so that an inspector distinguishes its actors from actors with the same names
 * in other processes.
 */
export interface InspectorApp {
  /** The name of the app. Default: the file name of the program in Node, else empty. */
  readonly name?: string;
  /** The version of the app. Default: none. */
  readonly version?: string;
}

/** Where the frames go, and what may be in them. */
export interface InspectorOptions {
  /** The address of the inspector's server: `ws:` or `wss:`. Default: `ws://localhost:8080`. */
  readonly url?: string | URL;
  /** The fields that may leave the process. Default: that of `InspectorAllow`. */
  readonly allow?: InspectorAllow;
  /** The class to connect with. Default: the global `WebSocket`, which Node 20 lacks: pass that of `ws`. */
  readonly WebSocket?: InspectorWebSocketClass;
  /** True to send each step inside a transition, too, with the edge taken. Default: `true`. */
  readonly microsteps?: boolean;
  /** Shown with each actor, beside the id of the process. Default: the program's name, no version. */
  readonly app?: InspectorApp;
  /**
   * True to let the server at `url` send `stop`, `reconnect`, `suspend` and `resume` to the inspected links, at the
   * request of its page. Each command is logged. Default: `false`.
   */
  readonly allowCommands?: boolean;
  /** Receives a line for each command. Default: `console.log`. */
  readonly logger?: (...args: unknown[]) => void;
  /**
   * Maximum number of bytes that wait for the server; more is dropped and counted. Default: 8 388 608. Bounds: >= 1.
   */
  readonly maxBufferedBytes?: number;
  /** Delays between attempts to reach the server. Default: `exponentialBackoff()`. */
  readonly backoff?: Backoff;
  /**
   * How long each of the two waits of `stop` may take, in milliseconds: first until a connection that is being opened
   * is open, then until the server has read the sent data. Default: 1000. Bounds: >= 0, finite.
   */
  readonly gracePeriodMs?: number;
}

/** The checked options with their defaults. */
export interface Settings extends Required<InspectorOptions> {
  readonly url: string;
  readonly allow: Required<InspectorAllow>;
}

const log = (...args: unknown[]): void => console.log(...args);

const COUNTERS = ['attempt', 'epoch', 'delayMs'];

/** The only list of default field names. */
const ALLOWED: Required<InspectorAllow> = {
  context: COUNTERS,
  event: COUNTERS,
  input: [],
  output: [],
  error: ['name', 'message', 'code'],
};

/** The options' only list of defaults. */
const defaults = {
  url: 'ws://localhost:8080',
  allow: ALLOWED,
  microsteps: true,
  app: {} as InspectorApp,
  allowCommands: false,
  logger: log,
  maxBufferedBytes: 2 ** 23,
  backoff: exponentialBackoff(),
  gracePeriodMs: 1000,
};

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveSettings(options: InspectorOptions): Settings {
  const settings = resolveOptions(options, defaults, ['WebSocket']);
  const { url, allow, gracePeriodMs } = settings;
  checkBoolean('microsteps', settings.microsteps);
  checkBoolean('allowCommands', settings.allowCommands);
  checkFunction('logger', settings.logger);
  checkApp(settings.app);
  checkInteger('maxBufferedBytes', settings.maxBufferedBytes, 1);
  checkFunction('backoff', settings.backoff);
  if (!Number.isFinite(gracePeriodMs) || gracePeriodMs < 0) {
    throw new InvalidOptionError('gracePeriodMs', 'a finite number >= 0', gracePeriodMs);
  }
  return {
    ...settings,
    url: checkWebSocketUrl(url),
    allow: resolveAllow(allow),
    WebSocket: checkWebSocketClass(settings.WebSocket ?? globalThis.WebSocket),
  };
}

function checkApp(app: InspectorApp): void {
  checkObject('app', app);
  checkNames(app, ['name', 'version'], 'app.');
  for (const [name, value] of Object.entries(app)) {
    if (value !== undefined) checkString(`app.${name}`, value);
  }
}

function resolveAllow(given: InspectorAllow): Required<InspectorAllow> {
  const allow = resolveOptions(given, ALLOWED, [], 'allow.');
  for (const [section, names] of Object.entries(allow)) {
    if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
      throw new InvalidOptionError(`allow.${section}`, 'a list of field names', names);
    }
  }
  return allow;
}
