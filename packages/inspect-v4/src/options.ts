import { nearestName } from './nearestName.js';

/** An option is unknown or invalid; the message names it. */
export class InvalidInspectV4OptionError extends RangeError {
  /** Stable, unlike the message. */
  readonly code = 'ERR_INVALID_OPTION';

  constructor(option: string, expected: string, received: unknown) {
    super(`\`${option}\` must be ${expected}; received [${typeof received}]`);
    this.name = 'InvalidInspectV4OptionError';
  }
}

/** Options of what the tools show. */
export interface InspectV4Options {
  /** True to show the states inside a transition, too. Default: `false`. */
  readonly microsteps?: boolean;
  /**
   * The fields of contexts and events that are shown, if they hold a string, a number, a boolean or null. Default:
   * `attempt`, `epoch`, `delayMs`.
   */
  readonly allow?: readonly string[];
}

/** The options' only list of defaults. */
const defaults: Required<InspectV4Options> = {
  microsteps: false,
  allow: ['attempt', 'epoch', 'delayMs'],
};

/** @throws InvalidInspectV4OptionError */
export function resolveOptions(options: InspectV4Options): Required<InspectV4Options> {
  checkNames('options', options, Object.keys(defaults));
  const { microsteps = defaults.microsteps, allow = defaults.allow } = options;
  if (typeof microsteps !== 'boolean') {
    throw new InvalidInspectV4OptionError('microsteps', 'true or false', microsteps);
  }
  if (!Array.isArray(allow) || !allow.every((name) => typeof name === 'string')) {
    throw new InvalidInspectV4OptionError('allow', 'a list of field names', allow);
  }
  return { microsteps, allow };
}

/** Refuses unknown options, because a misspelt one would be ignored silently. */
export function checkNames(argument: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidInspectV4OptionError(argument, 'an object', options);
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const expected = `left out: no such option, the nearest is \`${nearest}\``;
    throw new InvalidInspectV4OptionError(name, expected, value);
  }
}
