import { checkNames, checkObject, checkString } from '../../core/check.js';
import { InvalidOptionError } from '../../core/errors.js';
import type { AnyConnector } from '../../core/connector.js';
import { Redacted } from '../../core/redacted.js';
import {
  checkResumePoint,
  optionNames,
  type ReconnectOptions,
  resolveSettings,
} from '../../machine/settings.js';

/** What is said of one link besides its connector; it goes before what the group says of all. */
export type LinkOptions = Omit<ReconnectOptions, 'limiter'>;

/**
 * A connector, or a function that makes one. The function is called for each start of the link, the restarts
 * included; what it throws counts as a failure of the link.
 */
export type ConnectorSource = AnyConnector | Redacted<AnyConnector> | (() => AnyConnector);

/** A link as `sync` is told of it. */
export interface LinkDefinition {
  /** Which no other link of the group has. */
  readonly name: string;
  /** What it connects with. */
  readonly connector: ConnectorSource;
  /** The options of this link alone. Default those of the group. */
  readonly options?: LinkOptions | undefined;
  /** When it differs from that of the link in the group, the link is replaced. Default undefined. */
  readonly version?: string | number | undefined;
}

const definitionNames: readonly string[] = ['name', 'connector', 'options', 'version'];
const linkOptionNames = optionNames.filter((name) => name !== 'limiter');

/** Stands for a connector that is still to be made. */
export const ABSENT = { connect: Object, run: Object } as unknown as AnyConnector;

/** @throws InvalidOptionError when something is missing, unknown or out of bounds */
export function checkDefinition(definition: LinkDefinition, common: ReconnectOptions): void {
  checkObject('definition', definition);
  checkNames(definition, definitionNames);
  const { name, connector, options, version } = definition;
  checkString('name', name);
  if (version !== undefined && typeof version !== 'string' && typeof version !== 'number') {
    throw new InvalidOptionError('version', 'a string or a number', version);
  }
  const isMade = typeof connector !== 'function';
  if (isMade) checkObject('connector', connector, 'a connector, or a function that makes one');
  if (!isMade && options === undefined) return;
  if (options !== undefined) {
    checkObject('options', options);
    checkNames(options, linkOptionNames);
    checkResumePoint(options.resumePoint);
  }
  resolveSettings({ ...common, ...options, connector: isMade ? connector : ABSENT });
}
