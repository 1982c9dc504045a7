import { isRetryableTcpError } from 'schmoozer/tcp';
import { isRetryableWebSocketError, WebSocketClosedError } from 'schmoozer/websocket';
import { explainError } from 'schmoozer/explain';
import { describe, expect, it } from 'vitest';
import { isDamage, markDamage, markIfDamage } from '../../../src/connectors/damage.js';

const withCode = (code: string) => Object.assign(new Error(code), { code });
const damaged = 'the received data was damaged, or over a limit of this side';

describe('an error of TLS', () => {
  it.each([
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_SSLV3_ALERT_UNEXPECTED_MESSAGE',
    'ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC',
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    'EPROTO',
  ])('after the handshake says that bytes were damaged: %s', (code) => {
    const error = withCode(code);
    expect(isRetryableTcpError(error, { phase: 'run' })).toBe(true);
    expect(isRetryableWebSocketError(error, { phase: 'run' })).toBe(true);
    expect(isRetryableTcpError(new AggregateError([error]), { phase: 'run' })).toBe(true);
    expect(explainError(error, { phase: 'run' })).toBe(damaged);
  });

  it.each([
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED',
    'ERR_INVALID_ARG_TYPE',
  ])('is as in the table when it refuses our certificate, or is ours: %s', (code) => {
    expect(isRetryableTcpError(withCode(code), { phase: 'run' })).toBe(false);
    expect(isRetryableWebSocketError(withCode(code), { phase: 'run' })).toBe(false);
  });

  it('is as in the table before the handshake is done', () => {
    const error = withCode('ERR_SSL_WRONG_VERSION_NUMBER');
    expect([isRetryableTcpError(error), isRetryableTcpError(error, { phase: 'connect' })]).toEqual([
      false,
      false,
    ]);
    expect(explainError(error)).toBe('the peer does not speak TLS on this port');
  });
});

it('marks errors, and no others of the same code', () => {
  const [marked, other] = [withCode('HPE_INVALID_CONSTANT'), withCode('HPE_INVALID_CONSTANT')];
  markDamage(marked);
  expect([isDamage(marked), isDamage(other), isDamage(undefined)]).toEqual([true, false, false]);
  expect([marked, other].map((error) => isRetryableWebSocketError(error))).toEqual([true, false]);
});

it('after a handshake of TLS marks what says that bytes were damaged, and nothing else', () => {
  const [damage, reset] = [withCode('ERR_SSL_WRONG_VERSION_NUMBER'), withCode('ECONNRESET')];
  for (const error of [damage, reset]) markIfDamage(error);
  expect([isDamage(damage), isDamage(reset)]).toEqual([true, false]);
});

it('what `ws` found wrong is transient whatever the close code; the same code of the server is not', () => {
  const found = new WebSocketClosedError(
    1009,
    '',
    false,
    withCode('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'),
  );
  const said = new WebSocketClosedError(1009, '', true);
  expect([found, said].map((error) => isRetryableWebSocketError(error))).toEqual([true, false]);
  expect([found, said].map((error) => explainError(error))).toEqual([
    damaged,
    'the same message would be refused again',
  ]);
});
