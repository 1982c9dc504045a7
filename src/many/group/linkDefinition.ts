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

/** The options of one link; they override those of the group. */
export type LinkOptions = Omit<ReconnectOptions, 'limiter'>;

/**
 * A connector, or a function that creates one. The function is called for each start and restart of the link; an error
 * counts as a failure of the link.
 */
export type ConnectorSource = AnyConnector | Redacted<AnyConnector> | (() => AnyConnector);

/** The definition of a link for `sync`. */
export interface LinkDefinition {
  /** A name that no other link of the group has. */
  readonly name: string;
  /** The connector of the link. */
  readonly connector: ConnectorSource;
  /** The options of this link alone. Default: those of the group. */
  readonly options?: LinkOptions | undefined;
  /** If it differs from that of the link in the group, the link is replaced. Default: undefined. */
  readonly version?: string | number | undefined;
}

const definitionNames: readonly string[] = ['name', 'connector', 'options', 'version'];
const linkOptionNames = optionNames.filter((name) => name !== 'limiter');

/** A placeholder for a connector that has not been created yet. */
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
  if (isMade) checkObject('connector', connector, 'a connector, or a function that creates one');
  if (!isMade && options === undefined) return;
  if (options !== undefined) {
    checkObject('options', options);
    checkNames(options, linkOptionNames);
    checkResumePoint(options.resumePoint);
  }
  resolveSettings({ ...common, ...options, connector: isMade ? connector : ABSENT });
}
