// Why: docs/decisions/0059-where-a-tcp-attempt-goes-to.md
import type { TcpNetConnectOpts } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { checkNames, checkObject } from '../../core/check.js';
import type { ConnectContext, Peer } from '../../core/connector.js';
import { InvalidOptionError, kindOf } from '../../core/errors.js';
import { ask, type PerAttempt } from '../perAttempt.js';

/** Node's TLS options, without those that say where to connect to. */
export type TlsOptions = Omit<
  ConnectionOptions,
  'host' | 'port' | 'path' | 'socket' | 'lookup' | 'timeout'
>;

/** A server by its host and port. */
export interface TcpAddress {
  /** Name or address of the server. */
  readonly host: string;
  /** The port; bounds: an integer from 1 to 65 535. */
  readonly port: number;
  /** Whether TLS is spoken, and its options. Default false. */
  readonly tls?: boolean | TlsOptions;
}

/** A server on this machine, by the path of its unix socket, or of its pipe on Windows. */
export interface TcpPath {
  /** Where the socket is; on Windows the name of the pipe. */
  readonly path: string;
  /** Whether TLS is spoken, and its options. Default false. */
  readonly tls?: boolean | TlsOptions;
}

/** Where an attempt goes to. */
export type TcpTarget = TcpAddress | TcpPath;

const socketOptionNames = [
  'allowHalfOpen',
  'autoSelectFamily',
  'autoSelectFamilyAttemptTimeout',
  'family',
  'hints',
  'localAddress',
  'localPort',
] as const;

/** Options of Node's `net.connect` that pass through. */
export type TcpSocketOptions = Pick<TcpNetConnectOpts, (typeof socketOptionNames)[number]>;

/** The options that say where an attempt goes to, and how. */
export interface Where {
  readonly host?: PerAttempt<string>;
  readonly port?: PerAttempt<number>;
  readonly path?: PerAttempt<string>;
  readonly tls?: PerAttempt<boolean | TlsOptions>;
  readonly target?: PerAttempt<TcpTarget>;
  readonly socketOptions?: PerAttempt<TcpSocketOptions | undefined>;
}

/**
 * Asks for what may change between attempts; an answer that comes after the abort is dropped.
 *
 * @throws InvalidOptionError when an answer is out of bounds; the signal's reason once it is aborted
 */
export async function resolveTarget(
  where: Where,
  attempt: ConnectContext,
): Promise<[TcpTarget, TcpSocketOptions | undefined]> {
  const names = ['target', 'socketOptions', 'host', 'port', 'path', 'tls'] as const;
  const [whole, options, host, port, path, tls] = await ask<unknown[]>(
    names.map((name) => where[name]),
    attempt,
  );
  const isWhole = where.target !== undefined;
  const target = checkTarget(isWhole ? whole : { host, port, path, tls }, isWhole ? 'target.' : '');
  return [target, checkSocketOptions(options)];
}

/** Whom it is for: `host:port`, or the path; undefined if that is known only when an attempt is made. */
export function keyOf(where: Where): string | undefined {
  const { target = where } = where;
  const { host, port, path } = target as Where;
  if (typeof path === 'string') return path;
  const isKnown = typeof host === 'string' && typeof port === 'number';
  return isKnown ? `${host}:${port}` : undefined;
}

/** Whom it is for, as far as that is known. */
export function peerOf({ host, port, path }: Where): Peer {
  if (typeof path === 'string') return { address: path, transport: 'unix' };
  return {
    ...(typeof host === 'string' && { address: host }),
    ...(typeof port === 'number' && { port }),
    transport: 'tcp',
  };
}

/** @throws InvalidOptionError for what is there already; the answers of functions are checked when they come */
export function checkWhere(where: Where): void {
  const { host, port, path, tls, target, socketOptions } = where;
  if (target === undefined) checkTarget({ host, port, path, tls }, '', isNoFunction);
  else refuse(where, ['host', 'port', 'path', 'tls'], 'target');
  if (target !== undefined && isNoFunction(target)) checkTarget(target, 'target.');
  if (isNoFunction(socketOptions)) checkSocketOptions(socketOptions);
}

/** @throws InvalidOptionError when an option is there that another makes useless */
export function refuse<T extends object>(
  options: T,
  names: readonly (keyof T & string)[],
  other: string,
  prefix = '',
): void {
  for (const name of names) {
    const value: unknown = options[name];
    if (value === undefined) continue;
    throw new InvalidOptionError(
      prefix + name,
      `left out beside \`${other}\``,
      value,
      kindOf(value),
    );
  }
}

/** The target with what it has of its own, and what it has from its class. */
function checkTarget(
  target: unknown,
  prefix: string,
  isKnown: (value: unknown) => boolean = () => true,
): TcpTarget {
  const { host, port, path, tls, ...rest } = checkObject(
    'target',
    target as Partial<TcpAddress & TcpPath>,
  );
  checkNames(rest, ['host', 'port', 'path', 'tls'], prefix);
  if (path === undefined) {
    if (isKnown(host)) checkHost(host, `${prefix}host`);
    if (isKnown(port)) checkPort(port, `${prefix}port`);
  } else {
    refuse({ host, port }, ['host', 'port'], 'path', prefix);
    if (isKnown(path)) checkText(path, `${prefix}path`);
  }
  if (isKnown(tls)) checkTls(tls, `${prefix}tls`);
  return (path === undefined ? { host, port, tls } : { path, tls }) as TcpTarget;
}

function isNoFunction(value: unknown): boolean {
  return typeof value !== 'function';
}

/** Not what only a URL has, no port and no brackets, and nothing that is no character to be seen. */
const NAME = /^[^\s\p{C}/\\?#@:[\]]+$/u;
/** Of IPv6; the zone is a name on this machine. */
const ADDRESS = /^[\da-f:.]+(?:%[^\s\p{C}/\\?#@:[\]]+)?$/iu;

function checkHost(host: unknown, option: string): void {
  checkText(host, option);
  // Node puts the name into its errors, and of a URL all that is secret.
  if (NAME.test(host) || ADDRESS.test(host)) return;
  throw new InvalidOptionError(option, 'a name or an address alone', host, kindOf(host));
}

function checkPort(port: unknown, option: string): void {
  if (Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65_535) return;
  throw new InvalidOptionError(option, 'an integer from 1 to 65535', port);
}

function checkText(value: unknown, option: string): asserts value is string {
  if (typeof value === 'string' && value !== '') return;
  throw new InvalidOptionError(option, 'a string that is not empty', value, kindOf(value));
}

function checkTls(tls: unknown, option: string): void {
  if (tls === undefined || typeof tls === 'boolean') return;
  // Null may be a certificate that was not found.
  if (typeof tls === 'object' && tls !== null) return;
  throw new InvalidOptionError(option, 'true, false or an object of TLS options', tls, kindOf(tls));
}

function checkSocketOptions(options: unknown): TcpSocketOptions | undefined {
  if (options === undefined) return undefined;
  checkNames(checkObject('socketOptions', options as object), socketOptionNames, 'socketOptions.');
  return options as TcpSocketOptions;
}
