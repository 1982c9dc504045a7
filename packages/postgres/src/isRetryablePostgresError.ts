import { isRetryableTcpError } from 'schmoozer/tcp';

/** What the server will answer to the next attempt as well; by class of SQLSTATE, appendix A of the manual of Postgres. */
const permanentClasses = new Set([
  '0A', // feature not supported
  '0L', // invalid grantor
  '0P', // invalid role specification
  '22', // data exception
  '23', // integrity constraint violation
  '25', // invalid transaction state
  '26', // invalid SQL statement name
  '28', // invalid authorization specification
  '2B', // dependent privileges still exist
  '2F', // SQL routine exception
  '34', // invalid cursor name
  '38', // external routine exception
  '39', // external routine invocation exception
  '3B', // savepoint exception
  '3D', // invalid catalog name: no such database
  '3F', // invalid schema name
  '42', // syntax error or access rule violation
  '44', // WITH CHECK OPTION violation
  '54', // program limit exceeded
  'P0', // PL/pgSQL error
]);

/** Of a permanent class, and yet not for ever; or the other way round. */
const exceptions = new Map([
  ['25006', true], // read-only: a standby, which may be promoted
  ['25P03', true], // the server ended a transaction that stood still
  ['25P04', true], // or one that took too long
  ['55P02', false], // a parameter that cannot be changed now
  ['57P04', false], // the database was dropped
]);

const SQLSTATE = /^[0-9A-Z]{5}$/;
/** The client has no codes for what it finds out itself; these are the beginnings of its messages that settle the matter. */
const refusals = ['SASL: ', 'The server does not support SSL connections'];

/**
 * Whether another attempt may succeed, by SQLSTATE: false for a login, a database, a statement or data that the server refuses; true for
 * a server that starts, stops, is full, has failed, or only reads. All else as `isRetryableTcpError` sorts it.
 *
 * @returns undefined for a `TypeError` without a code, which the library sorts
 */
export function isRetryablePostgresError(
  error: unknown,
  facts?: Parameters<typeof isRetryableTcpError>[1],
): boolean | undefined {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && SQLSTATE.test(code)) {
    const exception = exceptions.get(code);
    if (exception !== undefined) return exception;
    if (permanentClasses.has(code.slice(0, 2))) return false;
  }
  if (code === undefined && refusals.some((text) => String(message).startsWith(text))) return false;
  return isRetryableTcpError(error, facts);
}
