import { explainError } from 'schmoozer/explain';
import { UpgradeRefusedError, WebSocketClosedError } from 'schmoozer/websocket';
import { describe, expect, it } from 'vitest';

const withCode = (code: unknown) => Object.assign(new Error('message'), { code });

describe('explainError', () => {
  it.each([
    ['an error code', withCode('EBADNAME'), 'the host name is malformed'],
    [
      'an error code as OpenSSL 3.2 and later spell it',
      withCode('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'),
      'no common cipher, or no client certificate',
    ],
    ['a close code', new WebSocketClosedError(1013, '', true), 'the server is overloaded'],
    ['a refused upgrade', new UpgradeRefusedError('ws://h/', 404), 'nothing is at this path'],
    [
      'a refused upgrade, by the class of its status',
      new UpgradeRefusedError('ws://h/', 502),
      'the server, or a gateway before it, has failed temporarily',
    ],
    [
      'the transient one of several addresses',
      new AggregateError([withCode('EAFNOSUPPORT'), withCode('ENETDOWN'), withCode('EMFILE')]),
      'the local interface is down',
    ],
    [
      'the first of several addresses that are all permanent',
      new AggregateError([withCode('EAFNOSUPPORT'), withCode('EBADNAME')]),
      'the system lacks the address family',
    ],
  ])('explains %s', (_title, error, reason) => expect(explainError(error)).toBe(reason));

  it.each([
    ['an error code that no table has', withCode('E_OWN')],
    ['an error without a code', new Error('x')],
    ['a close code that no table has', new WebSocketClosedError(4999, '', true)],
    ['an HTTP status of no class', new UpgradeRefusedError('ws://h/', 799)],
    ['no address', new AggregateError([])],
    ['nothing', undefined],
    ['a text', 'EBADNAME'],
  ])('has no reason for %s', (_title, error) => expect(explainError(error)).toBeUndefined());
});
