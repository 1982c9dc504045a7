import type { CloseCode } from '../connectors/websocket/closeCodes.js';
import type { UpgradeStatus } from '../connectors/websocket/upgradeStatuses.js';

const RFC = 'RFC 6455, 7.4.1';
const IANA = 'IANA, WebSocket Close Code Number';
const GRAPHQL = 'private use; 4000 + HTTP status, as in graphql-ws';

/** The reason for each close code's verdict, and where the code is defined. */
export const closeReasons: Readonly<
  Record<CloseCode, { readonly reason: string; readonly source: string }>
> = {
  1000: { reason: 'the server has ended the session', source: RFC },
  1001: { reason: 'the server is shutting down; another takes over', source: RFC },
  1002: { reason: 'a fresh connection starts with a clean parser', source: RFC },
  1003: { reason: 'this kind of data will never be accepted', source: RFC },
  1005: { reason: 'closed in order, without a code', source: RFC },
  1006: { reason: 'the connection was lost', source: RFC },
  1007: { reason: 'one message was damaged; the next one is probably intact', source: RFC },
  1008: { reason: 'the server refuses this client', source: RFC },
  1009: { reason: 'the same message would be refused again', source: RFC },
  1010: { reason: 'the two sides are incompatible', source: RFC },
  1011: { reason: 'the server failed; it may recover', source: `${RFC}; ${IANA}` },
  1012: { reason: 'the server will be back soon', source: IANA },
  1013: { reason: 'the server is overloaded', source: IANA },
  1014: { reason: 'a gateway lost the server behind it', source: IANA },
  1015: { reason: 'the cause of the failure is unknown', source: RFC },
  3000: { reason: 'the credentials are refused', source: IANA },
  3003: { reason: 'the credentials do not allow this', source: IANA },
  3008: { reason: 'the server received nothing from this client', source: IANA },
  4400: { reason: 'the server does not understand this client', source: GRAPHQL },
  4401: { reason: 'the credentials are refused', source: GRAPHQL },
  4403: { reason: 'the credentials do not allow this', source: GRAPHQL },
  4406: { reason: 'the two sides are incompatible', source: GRAPHQL },
};

/** The reason for each verdict on the status of a refused upgrade. */
export const upgradeReasons: Readonly<Record<UpgradeStatus, string>> = {
  101: 'the answer does not match this upgrade: key, subprotocol or extension',
  '2xx': 'the server speaks HTTP here, not WebSocket',
  '3xx': 'the endpoint is elsewhere: set `followRedirects` in `socketOptions`, or change `url`',
  401: 'the credentials are missing or refused',
  403: 'the credentials, or the origin, do not allow this',
  404: 'nothing is at this path',
  408: 'the server did not receive the request in time',
  421: 'the request went to the wrong server',
  425: 'too early',
  426: 'the server requires another protocol, or another version of it',
  429: 'too many requests',
  '4xx': 'the server refuses this request',
  501: 'the server cannot do this',
  505: 'the server speaks another version of HTTP',
  '5xx': 'the server, or a gateway before it, has failed temporarily',
};
