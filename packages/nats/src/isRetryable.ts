import { isRetryableTcpError } from 'schmoozer/tcp';

/** Errors of the client that no other attempt will change; by name, as there may be two copies of its core. */
const permanentNames: ReadonlySet<unknown> = new Set([
  'AuthorizationError',
  'PermissionViolationError',
  'JetStreamNotEnabled',
  // What the client refuses to send.
  'InvalidArgumentError',
  'InvalidNameError',
  'InvalidSubjectError',
]);

/** `err_code` of what JetStream answers, and the codes of `NatsConsumerError`. */
const permanentCodes: ReadonlySet<unknown> = new Set([
  10012, // the configuration of the consumer cannot be made, or changed to that
  10013, // the consumer's name is in use, such as by one of push with subscribers
  10014, // there is no such consumer
  10039, // JetStream is not enabled for the account
  10059, // there is no such stream
  10076, // JetStream is not enabled
  10093, // the filter matches nothing of the stream
  10138, // filters overlap
  10148, // the consumer exists with another configuration
  'ERR_NATS_CONSUMER_MISMATCH',
]);

/**
 * Whether another attempt may succeed. False for a login or a subject that the server refuses, and for a JetStream, a stream, a
 * consumer or a configuration of it that is not there or cannot be; true for a login that has expired; all else as
 * `isRetryableTcpError` sorts it.
 *
 * @returns undefined for a `TypeError` without a code, which the library sorts
 */
export function isRetryableNatsError(
  error: unknown,
  facts?: Parameters<typeof isRetryableTcpError>[1],
): boolean | undefined {
  if (isPermanent(error) || isPermanent(Object(error).cause)) return false;
  return isRetryableTcpError(error, facts);
}

/** The client wraps some errors, once. */
function isPermanent(error: unknown): boolean {
  const { name, code, subject } = Object(error) as Record<string, unknown>;
  return permanentNames.has(name) || permanentCodes.has(code) || isNoJetStream(name, subject);
}

/** What the client calls JetStreamNotEnabled, unless it has two copies of its core. */
function isNoJetStream(name: unknown, subject: unknown): boolean {
  return name === 'NoResponders' && /^\$JS\.(.+\.)?API\./.test(String(subject));
}
