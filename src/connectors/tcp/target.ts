// Why: docs/decisions/0059-where-a-tcp-attempt-goes-to.md
import type { TcpNetConnectOpts } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { checkNames, checkObject } from '../../core/check.js';
import type { ConnectContext, Peer } from '../../core/connector.js';
import { InvalidOptionError, kindOf } from '../../core/errors.js';
import { ask, type PerAttempt } from '../perAttempt.js';

/** Node's TLS options, except those that set the destination. */
export type TlsOptions = Omit<
  ConnectionOptions,
  'host' | 'port' | 'path' | 'socket' | 'lookup' | 'timeout'
>;

/** A server, by host and port. */
export interface TcpAddress {
  /** Name or address of the server. */
  readonly host: string;
  /** The port. Bounds: an integer from 1 to 65 535. */
  readonly port: number;
  /** `true` or Node's TLS options to use TLS. Default: false. */
  readonly tls?: boolean | TlsOptions;
}

/** A server on this machine, by the path of its unix socket, or of its pipe on Windows. */
export interface TcpPath {
  /** Where the socket is; on Windows the name of the pipe. */
  readonly path: string;
  /** `true` or Node's TLS options to use TLS. Default: false. */
  readonly tls?: boolean | TlsOptions;
}

/** The destination of an attempt. */
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

/**
 * Options that are passed on to Node's `net.connect`: `allowHalfOpen`, `autoSelectFamily`,
 * `autoSelectFamilyAttemptTimeout`, `family`, `hints`, `localAddress`, `localPort`.
 */
export type TcpSocketOptions = Pick<TcpNetConnectOpts, (typeof socketOptionNames)[number]>;

/** The options that determine the destination of an attempt, and how to reach it. */
export interface Where {
  readonly host?: PerAttempt<string>;
  readonly port?: PerAttempt<number>;
  readonly path?: PerAttempt<string>;
  readonly tls?: PerAttempt<boolean | TlsOptions>;
  readonly target?: PerAttempt<TcpTarget>;
  readonly socketOptions?: PerAttempt<TcpSocketOptions | undefined>;
}

/**
 * Resolves the per-attempt options; a result that arrives after the abort is dropped.
 *
 * @throws InvalidOptionError when a result is out of bounds; the signal's reason once it is aborted
 */
export async function resolveTarget(
  where: Where,
  attempt: ConnectContext,
): Promise<[TcpTarget, TcpSocketOptions | undefined]> {
  const names = ['target', 'socketOptions', 'host', 'port', 'path', 'tls'] as const;
  // A function that returns undefined has not found a certificate: without TLS the data would go out in plain text.
  const [whole, options, host, port, path, tls = where.tls && null] = await ask<unknown[]>(
    names.map((name) => where[name]),
    attempt,
  );
  const isWhole = where.target !== undefined;
  const target = checkTarget(isWhole ? whole : { host, port, path, tls }, isWhole ? 'target.' : '');
  return [target, checkSocketOptions(options)];
}

/** The peer as `host:port`, or the path; undefined if it is known only during an attempt. */
export function keyOf(where: Where): string | undefined {
  const { target = where } = where;
  const { host, port, path } = target as Where;
  if (typeof path === 'string') return path;
  const isKnown = typeof host === 'string' && typeof port === 'number';
  return isKnown ? `${host}:${port}` : undefined;
}

/** The peer, as far as it is known. */
export function peerOf({ host, port, path }: Where): Peer {
  if (typeof path === 'string') return { address: path, transport: 'unix' };
  return {
    ...(typeof host === 'string' && { address: host }),
    ...(typeof port === 'number' && { port }),
    transport: 'tcp',
  };
}

/** @throws InvalidOptionError for plain values; the results of functions are checked at each attempt */
export function checkWhere(where: Where): void {
  const { host, port, path, tls, target, socketOptions } = where;
  if (target === undefined) checkTarget({ host, port, path, tls }, '', isNoFunction);
  else refuse(where, ['host', 'port', 'path', 'tls'], 'target');
  if (target !== undefined && isNoFunction(target)) checkTarget(target, 'target.');
  if (isNoFunction(socketOptions)) checkSocketOptions(socketOptions);
}

/** @throws InvalidOptionError when an option is set that another one makes useless */
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

/** The target with its own properties and those of its class. */
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

/** Excludes characters that only occur in URLs, ports, brackets and invisible characters. */
const NAME = /^[^\s\p{C}/\\?#@:[\]]+$/u;
/** An IPv6 address; its zone is a name on this machine. */
const ADDRESS = /^[\da-f:.]+(?:%[^\s\p{C}/\\?#@:[\]]+)?$/iu;

function checkHost(host: unknown, option: string): void {
  checkText(host, option);
  // Node puts the name into its errors: for a URL that would include all of its secrets.
  if (NAME.test(host) || ADDRESS.test(host)) return;
  throw new InvalidOptionError(option, 'only a name or an address', host, kindOf(host));
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
