import { randomBytes } from 'node:crypto';
import { defaultLimits, type Limits } from './limits.js';
import { nearestName } from './nearestName.js';
import { shown } from './shown.js';

export const DEFAULT_PORT = 8377;

/** Where the inspector listens, who may use it, and how much it keeps. */
export interface InspectorOptions {
  /** The port to listen on; 0 takes any free port. Default: 8377. Bounds: an integer from 0 to 65 535. */
  readonly port?: number;
  /** `127.0.0.1` or `::1`: only loopback is served. Default: `127.0.0.1`. */
  readonly host?: string;
  /**
   * The token of every page and every app: 16 to 200 letters, digits, `-` or `_`. Default: a random one at each start;
   * set your own to keep pages and apps across a restart.
   */
  readonly token?: string;
  /**
   * Maximum size of an app's frame in bytes; a larger one ends its connection. Default: 4 MiB. Bounds: at least 1 KiB.
   */
  readonly maxFrameBytes?: number;
  /**
   * Maximum number of records of one actor; an event, a microstep and a snapshot are one record each. The oldest are
   * removed first. Default: 10 000. Bounds: at least 1.
   */
  readonly recordsPerActor?: number;
  /** Maximum number of records of all actors together. Default: 50 000. Bounds: at least 1. */
  readonly records?: number;
  /** Maximum size of the records of all actors together, in bytes. Default: 16 MiB. Bounds: at least 1 KiB. */
  readonly bytes?: number;
  /** Maximum number of actors; ended ones are removed first. Default: 2000. Bounds: at least 1. */
  readonly actors?: number;
  /** A file that was saved from the page: it is shown, and no app may connect. Default: none. */
  readonly recording?: string;
  /** Called when a page has been opened or closed, with the number of open pages. Default: none. */
  readonly onViewers?: (count: number) => void;
  /** Called when a page has sent a command to an actor that allows it. Default: none. */
  readonly onCommand?: (sent: SentCommand) => void;
}

/** A command that a page has sent to an app. */
export interface SentCommand {
  /** The name of the command, such as `reconnect`. */
  readonly command: string;
  /** The name of the actor. */
  readonly actor: string;
  /** The app of the actor, as the page names it. */
  readonly app: string;
}

/** An option is unknown or out of bounds; the message names it. */
export class InvalidInspectorOptionError extends RangeError {
  /** Stable, unlike the message. */
  readonly code = 'ERR_INVALID_OPTION';

  constructor(option: string, expected: string, actual: unknown) {
    super(`\`${option}\` must be ${expected}, but is ${shown(actual)}`);
    this.name = 'InvalidInspectorOptionError';
  }
}

type Bound = Extract<keyof InspectorOptions, keyof Limits>;

export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly token: string;
  readonly limits: Limits;
  readonly recording: string | undefined;
  readonly onViewers: (count: number) => void;
  readonly onCommand: (sent: SentCommand) => void;
}

/** @throws InvalidInspectorOptionError */
export function settingsOf(options: InspectorOptions): Settings {
  checkNames(options);
  const { host = '127.0.0.1', token = randomBytes(18).toString('base64url') } = options;
  if (host !== '127.0.0.1' && host !== '::1') {
    throw new InvalidInspectorOptionError('host', '127.0.0.1 or ::1', host);
  }
  if (!/^[\w-]{16,200}$/.test(token)) {
    // The value is a secret, so the message does not contain it.
    throw new InvalidInspectorOptionError(
      'token',
      '16 to 200 letters, digits, - or _',
      `${token.length} characters`,
    );
  }
  const bound = (name: Bound, least: number) =>
    integer(name, options[name] ?? defaultLimits[name], least);
  return {
    port: integer('port', options.port ?? DEFAULT_PORT, 0, 65_535),
    host,
    token,
    limits: {
      ...defaultLimits,
      maxFrameBytes: bound('maxFrameBytes', 1024),
      recordsPerActor: bound('recordsPerActor', 1),
      records: bound('records', 1),
      bytes: bound('bytes', 1024),
      actors: bound('actors', 1),
    },
    recording: options.recording,
    onViewers: options.onViewers ?? (() => {}),
    onCommand: options.onCommand ?? (() => {}),
  };
}

const names: readonly (keyof InspectorOptions)[] = [
  'port',
  'host',
  'token',
  'maxFrameBytes',
  'recordsPerActor',
  'records',
  'bytes',
  'actors',
  'recording',
  'onViewers',
  'onCommand',
];

/** Refuses unknown options, because a misspelt one would be ignored silently. */
function checkNames(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidInspectorOptionError('options', 'an object', options);
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || (names as readonly string[]).includes(name)) continue;
    const expected = `left out: no such option, the nearest is \`${nearestName(name, names)}\``;
    // A token under a wrong name is still a secret.
    throw new InvalidInspectorOptionError(name, expected, `[${typeof value}]`);
  }
}

function integer(option: string, value: number, least: number, most = 2 ** 31 - 1): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidInspectorOptionError(option, `an integer from ${least} to ${most}`, value);
}
