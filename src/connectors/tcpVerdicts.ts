/** The one place that sorts error codes; `explain/tcpReasons.ts` says why, and docs/tcp.md shows both. */
export const tcpVerdicts = {
  // The way to the server
  ECONNREFUSED: 'retryable',
  ECONNRESET: 'retryable',
  ECONNABORTED: 'retryable',
  EPIPE: 'retryable',
  ETIMEDOUT: 'retryable',
  EHOSTUNREACH: 'retryable',
  EHOSTDOWN: 'retryable',
  ENETUNREACH: 'retryable',
  ENETDOWN: 'retryable',
  ENETRESET: 'retryable',
  ENOTCONN: 'retryable',
  ERR_SOCKET_CLOSED: 'retryable',
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION: 'retryable',
  ERR_STREAM_DESTROYED: 'retryable',
  ERR_STREAM_PREMATURE_CLOSE: 'retryable',
  ERR_STREAM_WRITE_AFTER_END: 'retryable',

  // Local shortages
  EADDRINUSE: 'retryable',
  EADDRNOTAVAIL: 'retryable',
  EMFILE: 'retryable',
  ENFILE: 'retryable',
  ENOBUFS: 'retryable',
  ENOMEM: 'retryable',

  // Names
  EAI_AGAIN: 'retryable',
  EAI_FAIL: 'retryable',
  ENOTFOUND: 'retryable',
  ENODATA: 'retryable',
  ESERVFAIL: 'retryable',
  EREFUSED: 'retryable',
  ETIMEOUT: 'retryable',
  EBADNAME: 'fatal',

  // What this system or this program will not do
  EACCES: 'fatal',
  EPERM: 'fatal',
  EAFNOSUPPORT: 'fatal',
  EINVAL: 'fatal',
  ERR_SOCKET_BAD_PORT: 'fatal',
  ERR_INVALID_ARG_TYPE: 'fatal',
  ERR_INVALID_ARG_VALUE: 'fatal',
  ERR_INVALID_IP_ADDRESS: 'fatal',

  // TLS: time may mend these
  CERT_NOT_YET_VALID: 'retryable',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'retryable',

  // TLS: the peer's certificate
  CERT_CHAIN_TOO_LONG: 'fatal',
  CERT_HAS_EXPIRED: 'fatal',
  CERT_REJECTED: 'fatal',
  CERT_REVOKED: 'fatal',
  CERT_SIGNATURE_FAILURE: 'fatal',
  CERT_UNTRUSTED: 'fatal',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'fatal',
  ERR_TLS_CERT_ALTNAME_INVALID: 'fatal',
  INVALID_CA: 'fatal',
  INVALID_PURPOSE: 'fatal',
  PATH_LENGTH_EXCEEDED: 'fatal',
  SELF_SIGNED_CERT_IN_CHAIN: 'fatal',
  UNABLE_TO_GET_ISSUER_CERT: 'fatal',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'fatal',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'fatal',

  // TLS: the two sides do not fit
  EPROTO: 'fatal',
  ERR_SSL_WRONG_VERSION_NUMBER: 'fatal',
  ERR_SSL_UNEXPECTED_MESSAGE: 'fatal',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'fatal',
  ERR_SSL_BAD_CHANGE_CIPHER_SPEC: 'fatal',
  ERR_SSL_INVALID_ALERT: 'fatal',
  ERR_SSL_UNKNOWN_ALERT_TYPE: 'fatal',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'fatal',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'fatal',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'fatal',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'fatal',
  ERR_SSL_SSLV3_ALERT_UNEXPECTED_MESSAGE: 'fatal',
  ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER: 'fatal',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'fatal',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'fatal',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'fatal',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'fatal',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'fatal',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'fatal',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'fatal',
  ERR_SSL_TLSV1_ALERT_DECODE_ERROR: 'fatal',
  ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY: 'fatal',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'fatal',
  ERR_SSL_TLSV1_UNSUPPORTED_EXTENSION: 'fatal',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY: 'fatal',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'fatal',
  ERR_SSL_TLSV13_ALERT_MISSING_EXTENSION: 'fatal',
  ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: 'retryable',

  // TLS: options
  ERR_OSSL_PEM_NO_START_LINE: 'fatal',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'fatal',
  ERR_TLS_INVALID_PROTOCOL_VERSION: 'fatal',
  ERR_TLS_PROTOCOL_VERSION_CONFLICT: 'fatal',
} as const;

export type TcpErrorCode = keyof typeof tcpVerdicts;

/** The error's `code`, if the table has it. OpenSSL 3.2 renamed the SSLV3 alerts. */
export function tcpErrorCodeOf(error: unknown): TcpErrorCode | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  const known = String(code).replace('SSL/TLS_ALERT', 'SSLV3_ALERT');
  return Object.hasOwn(tcpVerdicts, known) ? (known as TcpErrorCode) : undefined;
}
