import type { TcpErrorCode } from '../connectors/tcpVerdicts.js';

/** The reason for each code's verdict, in the order of docs/tcp.md. */
export const tcpReasons: Readonly<Record<TcpErrorCode, string>> = {
  // The route to the server
  ECONNREFUSED: 'nothing listens on this port: the server may be restarting',
  ECONNRESET: 'the peer, or a box on the way, dropped the connection',
  ECONNABORTED: 'the local system dropped the connection, for example after a change of network',
  EPIPE: 'the peer had already closed when data was written',
  ETIMEDOUT: 'the peer did not answer; failed keep-alive probes have this code too',
  EHOSTUNREACH: 'no route to the host now; routes come back',
  EHOSTDOWN: 'the host does not answer on its network; hosts come back',
  ENETUNREACH: 'no route to the network now, as while offline',
  ENETDOWN: 'the local interface is down',
  ENETRESET: 'the network dropped the connection',
  ENOTCONN: 'the connection was lost before it was set up',
  ERR_SOCKET_CLOSED: 'the socket was used while it closed',
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION: 'the socket closed before it was connected',
  ERR_STREAM_DESTROYED: 'data was written while the socket closed',
  ERR_STREAM_PREMATURE_CLOSE: 'the socket closed while a pipeline used it',
  ERR_STREAM_WRITE_AFTER_END: 'data was written after the peer had ended',
  ERR_READ_OVERFLOW: '`run` did not read the received data, and `onOverflow` is `end`',

  // Temporarily refused by the system
  EACCES: 'a local firewall or policy forbids the connection now, for example while a VPN is down',
  EPERM: 'a local firewall or sandbox forbids the connection now, for example while a VPN is down',
  EINVAL: 'the system refuses the address, or the socket is gone: networks and interfaces change',

  // Local shortages
  EADDRINUSE: 'the local port is in use now; it may be free at the next attempt',
  EADDRNOTAVAIL: 'no local port or address is free now',
  EMFILE: 'the process has no file descriptor left now',
  ENFILE: 'the system has no file descriptor left now',
  ENOBUFS: 'the system has no buffer left now',
  ENOMEM: 'the system has no memory left now',

  // Names
  EAI_AGAIN: 'the resolver asks to be asked again',
  EAI_FAIL: 'the name server failed; it should recover',
  ENOTFOUND: 'some systems say so while offline, and a name may be published later',
  ENODATA: 'the name has no address yet',
  ESERVFAIL: 'the name server failed; it should recover',
  EREFUSED: 'the name server refused; another may answer',
  ETIMEOUT: 'the name server did not answer in time',
  EBADNAME: 'the host name is malformed',

  // Not supported by this system or this program
  EAFNOSUPPORT: 'the system lacks the address family',
  ERR_SOCKET_BAD_PORT: 'the port is not a valid port',
  ERR_INVALID_ARG_TYPE: 'an option has the wrong type',
  ERR_INVALID_ARG_VALUE: 'an option has a value that is not allowed',
  ERR_INVALID_IP_ADDRESS: '`lookup` returned something that is not an address',

  // TLS: time may resolve these
  CERT_NOT_YET_VALID: 'the local clock may not be set yet after a boot',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'the peer did not finish the handshake in time',

  // TLS: the peer's certificate
  CERT_CHAIN_TOO_LONG: 'the certificate chain is too long',
  CERT_HAS_EXPIRED: 'the certificate has expired and must be renewed',
  CERT_REJECTED: 'the certificate is rejected for this use',
  CERT_REVOKED: 'the certificate was revoked',
  CERT_SIGNATURE_FAILURE: 'the certificate is forged or damaged',
  CERT_UNTRUSTED: 'the certificate is not trusted for this use',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed and not in `tls.ca`',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
  INVALID_CA: 'an issuer in the chain is not a certificate authority',
  INVALID_PURPOSE: 'the certificate is not valid for servers',
  PATH_LENGTH_EXCEEDED: 'the certificate chain exceeds its own length limit',
  SELF_SIGNED_CERT_IN_CHAIN: 'the chain ends in a root that is not in `tls.ca`',
  UNABLE_TO_GET_ISSUER_CERT: 'the chain lacks an issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the issuer is not in `tls.ca`',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the chain is incomplete: the issuer was not sent',

  // TLS: the two sides are incompatible
  EPROTO: 'the peer does not speak TLS, or speaks only versions that are not allowed here',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the peer does not speak TLS on this port',
  ERR_SSL_UNEXPECTED_MESSAGE: 'the peer does not speak TLS: it may echo what it receives',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the peer sends something that only begins like TLS',
  ERR_SSL_DATA_LENGTH_TOO_LONG: 'the peer sends something that only begins like TLS',
  ERR_SSL_BAD_CHANGE_CIPHER_SPEC: 'the peer sends something that only begins like TLS',
  ERR_SSL_INVALID_ALERT: 'the peer sends something that only begins like TLS',
  ERR_SSL_UNKNOWN_ALERT_TYPE: 'the peer sends something that only begins like TLS',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the peer speaks no TLS version that is allowed here',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION:
    'the peer allows none of the TLS versions that this side speaks',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'no common cipher, or no client certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'the peer rejects the client certificate',
  ERR_SSL_SSLV3_ALERT_UNEXPECTED_MESSAGE: 'the peer does not recognize the handshake',
  ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER: 'the peer does not accept the handshake',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'the peer rejects the client certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'the client certificate was revoked',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'the client certificate has expired',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'the peer rejects the client certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "the peer does not know the client certificate's issuer",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the peer requires a client certificate',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'the peer permits nothing with this client certificate',
  ERR_SSL_TLSV1_ALERT_DECODE_ERROR: 'the peer cannot read the handshake',
  ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY: 'the peer requires stronger ciphers',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'the peer serves no host with this name',
  ERR_SSL_TLSV1_UNSUPPORTED_EXTENSION: 'the peer does not accept the handshake',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY: 'the peer does not know the pre-shared key',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'no common protocol in `tls.ALPNProtocols`',
  ERR_SSL_TLSV13_ALERT_MISSING_EXTENSION:
    'the peer requires a TLS extension that this side did not send',
  ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: 'the peer had an internal error',

  // TLS: options
  ERR_OSSL_PEM_NO_START_LINE: 'a key or certificate in `tls` is not PEM',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: '`tls.key` does not belong to `tls.cert`',
  ERR_TLS_INVALID_PROTOCOL_VERSION: 'a TLS version in `tls` does not exist',
  ERR_TLS_PROTOCOL_VERSION_CONFLICT: 'two options in `tls` contradict each other',
};
