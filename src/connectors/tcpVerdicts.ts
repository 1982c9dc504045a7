/*
 * The one place that classifies error codes: by a rule, which connectors ship, and by lists of all known codes, which
 * tests compare with the rule. `explain/tcpReasons.ts` gives the reasons, and docs/tcp.md shows both.
 */

/**
 * Errors that another attempt would probably meet again: an invalid name or option, an untrusted certificate, and every
 * TLS error before the end of the handshake, so that codes of later OpenSSL versions are covered too.
 */
const PERMANENT =
  /^(EBADNAME|EAFNOSUPPORT|EPROTO|INVALID_|PATH_|UNABLE_|ERR_(SOCKET_BAD|INVALID_(ARG|IP)|SSL|OSSL|TLS)_)|CERT/;

/** Exceptions to that, which time or a fresh connection may resolve. */
const PASSING = /NOT_YET|TIMEOUT|INTERNAL_ERROR|_MAC$|_EOF_|CANCELLED/;

/** Codes of errors that another attempt would probably meet again. */
export const permanentCodes = [
  // Names
  'EBADNAME',
  // Not supported by this system or this program
  'EAFNOSUPPORT',
  'ERR_SOCKET_BAD_PORT',
  'ERR_INVALID_ARG_TYPE',
  'ERR_INVALID_ARG_VALUE',
  'ERR_INVALID_IP_ADDRESS',
  // TLS: the peer's certificate
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  // TLS: the two sides are incompatible
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_UNEXPECTED_MESSAGE',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_DATA_LENGTH_TOO_LONG',
  'ERR_SSL_BAD_CHANGE_CIPHER_SPEC',
  'ERR_SSL_INVALID_ALERT',
  'ERR_SSL_UNKNOWN_ALERT_TYPE',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSLV3_ALERT_UNEXPECTED_MESSAGE',
  'ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED',
  'ERR_SSL_TLSV1_ALERT_DECODE_ERROR',
  'ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  'ERR_SSL_TLSV1_UNSUPPORTED_EXTENSION',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY',
  'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
  'ERR_SSL_TLSV13_ALERT_MISSING_EXTENSION',
  // TLS: options
  'ERR_OSSL_PEM_NO_START_LINE',
  'ERR_OSSL_X509_KEY_VALUES_MISMATCH',
  'ERR_TLS_INVALID_PROTOCOL_VERSION',
  'ERR_TLS_PROTOCOL_VERSION_CONFLICT',
] as const;

/** Codes of errors in a certificate. */
export const certificateCodes = [
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
] as const;

/** Codes of errors that another attempt may not meet again. */
export const transientCodes = [
  // The route to the server
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENOTCONN',
  'ERR_SOCKET_CLOSED',
  'ERR_SOCKET_CLOSED_BEFORE_CONNECTION',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_READ_OVERFLOW',
  // Temporarily refused by the system
  'EACCES',
  'EPERM',
  'EINVAL',
  // Local shortages
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  // Names
  'EAI_AGAIN',
  'EAI_FAIL',
  'ENOTFOUND',
  'ENODATA',
  'ESERVFAIL',
  'EREFUSED',
  'ETIMEOUT',
  // TLS: time may resolve these
  'CERT_NOT_YET_VALID',
  'ERR_TLS_HANDSHAKE_TIMEOUT',
  // TLS: the two sides are incompatible
  'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
] as const;

export type TcpErrorCode = (
  | typeof permanentCodes
  | typeof certificateCodes
  | typeof transientCodes
)[number];

/** True if the rule classifies a code as permanent. */
export function isPermanentCode(code: string): boolean {
  return PERMANENT.test(code) && !PASSING.test(code);
}

/** The error's `code` as the lists spell it: OpenSSL 3.2 renamed the SSLV3 alerts. */
export function tcpErrorCodeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return String(code).replace('SSL/TLS_ALERT', 'SSLV3_ALERT');
}
