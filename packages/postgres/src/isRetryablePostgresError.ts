import { isRetryableTcpError } from 'schmoozer/tcp';

/** Errors that the server would repeat at the next attempt, by class of SQLSTATE, appendix A of the Postgres manual. */
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

/** Exceptions to the rule of their class, in either direction. */
const exceptions = new Map([
  ['25006', true], // read-only: a standby, which may be promoted
  ['25P03', true], // the server ended an idle transaction
  ['25P04', true], // or one that took too long
  ['55P02', false], // a parameter that cannot be changed now
  ['57P04', false], // the database was dropped
]);

const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Beginnings of the client's own permanent errors, which have no codes. */
const refusals = ['SASL: ', 'The server does not support SSL connections'];

/**
 * True if another attempt may succeed, by SQLSTATE. False for a login, a database, a statement or data that the server
 * refuses; true for a server that starts, stops, is full, has failed, or is read-only. `isRetryableTcpError` decides on
 * all other errors.
 *
 * @returns undefined for a `TypeError` without a code, which the library classifies
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
