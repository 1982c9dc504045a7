import { isRetryableTcpError } from 'schmoozer/tcp';

/**
 * Errors of the client that every further attempt would meet; compared by name, because its core may be loaded twice.
 */
const permanentNames: ReadonlySet<unknown> = new Set([
  'AuthorizationError',
  'PermissionViolationError',
  'JetStreamNotEnabled',
  // The client itself refuses to send these.
  'InvalidArgumentError',
  'InvalidNameError',
  'InvalidSubjectError',
]);

/** JetStream's `err_code`s, and the codes of `NatsConsumerError`. */
const permanentCodes: ReadonlySet<unknown> = new Set([
  10012, // the consumer cannot be created with, or changed to, this configuration
  10013, // the consumer's name is in use, for example by a push consumer with subscribers
  10014, // the consumer does not exist
  10039, // JetStream is not enabled for the account
  10059, // the stream does not exist
  10076, // JetStream is not enabled
  10093, // the filter matches nothing in the stream
  10138, // filters overlap
  10148, // the consumer exists with another configuration
  'ERR_NATS_CONSUMER_MISMATCH',
]);

/**
 * True if another attempt may succeed. False for a login or a subject that the server refuses, and for a missing or
 * invalid JetStream, stream, consumer or configuration; true for an expired login. `isRetryableTcpError` decides on all
 * other errors.
 *
 * @returns undefined for a `TypeError` without a code, which the library classifies
 */
export function isRetryableNatsError(
  error: unknown,
  facts?: Parameters<typeof isRetryableTcpError>[1],
): boolean | undefined {
  if (isPermanent(error) || isPermanent(Object(error).cause)) return false;
  return isRetryableTcpError(error, facts);
}

/** Also checks the cause, because the client wraps some errors once. */
function isPermanent(error: unknown): boolean {
  const { name, code, subject } = Object(error) as Record<string, unknown>;
  return permanentNames.has(name) || permanentCodes.has(code) || isNoJetStream(name, subject);
}

/** True for the client's JetStreamNotEnabled, even if its core is loaded twice. */
function isNoJetStream(name: unknown, subject: unknown): boolean {
  return name === 'NoResponders' && /^\$JS\.(.+\.)?API\./.test(String(subject));
}
