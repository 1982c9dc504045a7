/** What follows from one error code of Node's, and why. */
export interface ErrorCodeRow {
  readonly code: string;
  readonly verdict: 'retryable' | 'fatal';
  readonly reason: string;
}

const retryable = (code: string, reason: string): ErrorCodeRow => ({
  code,
  verdict: 'retryable',
  reason,
});
const fatal = (code: string, reason: string): ErrorCodeRow => ({ code, verdict: 'fatal', reason });

/** The one place that sorts error codes; docs/tcp.md shows it. */
export const errorCodes: readonly ErrorCodeRow[] = [
  // The way to the server
  retryable('ECONNREFUSED', 'nobody listens yet: the server may be restarting'),
  retryable('ECONNRESET', 'the peer, or a box on the way, dropped the connection'),
  retryable('ECONNABORTED', 'the local system dropped the connection, as on a change of network'),
  retryable('EPIPE', 'the peer had closed before it was written to'),
  retryable('ETIMEDOUT', 'no answer came on the way; keep-alive probes end so too'),
  retryable('EHOSTUNREACH', 'no route to the host now; routes come back'),
  retryable('EHOSTDOWN', 'the host does not answer on its link; hosts come back'),
  retryable('ENETUNREACH', 'no route to the network now, as while offline'),
  retryable('ENETDOWN', 'the local interface is down'),
  retryable('ENETRESET', 'the network dropped the connection'),
  retryable('ENOTCONN', 'the connection was gone before it was set up'),
  retryable('ERR_SOCKET_CLOSED', 'the socket was used as it closed'),
  retryable('ERR_SOCKET_CLOSED_BEFORE_CONNECTION', 'the socket closed before it was connected'),
  retryable('ERR_STREAM_DESTROYED', 'the socket was written to as it closed'),
  retryable('ERR_STREAM_PREMATURE_CLOSE', 'the socket closed while a pipeline used it'),
  retryable('ERR_STREAM_WRITE_AFTER_END', 'the socket was written to after the peer had ended'),

  // Local shortages
  retryable('EADDRINUSE', 'the local port is taken; another is drawn at the next try'),
  retryable('EADDRNOTAVAIL', 'no local port or address is free now'),
  retryable('EMFILE', 'the process has no file descriptor left now'),
  retryable('ENFILE', 'the system has no file descriptor left now'),
  retryable('ENOBUFS', 'the system has no buffer left now'),
  retryable('ENOMEM', 'the system has no memory left now'),

  // Names
  retryable('EAI_AGAIN', 'the resolver asks to be asked again'),
  retryable('EAI_FAIL', 'the name server failed; it will be mended'),
  retryable('ENOTFOUND', 'some systems say so while offline, and a name may be published later'),
  retryable('ENODATA', 'the name has no address yet'),
  retryable('ESERVFAIL', 'the name server failed; it will be mended'),
  retryable('EREFUSED', 'the name server refused; another may answer'),
  retryable('ETIMEOUT', 'the name server did not answer in time'),
  fatal('EBADNAME', 'the host name is malformed'),

  // What this system or this program will not do
  fatal('EACCES', 'the system forbids the connection'),
  fatal('EPERM', 'a local firewall or sandbox forbids the connection'),
  fatal('EAFNOSUPPORT', 'the system lacks the address family'),
  fatal('EINVAL', 'the address cannot be connected to'),
  fatal('ERR_SOCKET_BAD_PORT', 'the port is no port'),
  fatal('ERR_INVALID_ARG_TYPE', 'an option has the wrong type'),
  fatal('ERR_INVALID_ARG_VALUE', 'an option has a value that is not allowed'),
  fatal('ERR_INVALID_IP_ADDRESS', '`lookup` answered with something that is no address'),

  // TLS: time may mend these
  retryable('CERT_NOT_YET_VALID', 'the local clock may not be set yet after a boot'),
  retryable('ERR_TLS_HANDSHAKE_TIMEOUT', 'the peer did not finish the handshake in time'),

  // TLS: the peer's certificate
  fatal('CERT_CHAIN_TOO_LONG', 'the certificate chain is too long'),
  fatal('CERT_HAS_EXPIRED', 'the certificate has expired: somebody must renew it'),
  fatal('CERT_REJECTED', 'the certificate is rejected for this use'),
  fatal('CERT_REVOKED', 'the certificate was revoked'),
  fatal('CERT_SIGNATURE_FAILURE', 'the certificate is forged or damaged'),
  fatal('CERT_UNTRUSTED', 'the certificate is not trusted for this use'),
  fatal('DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is self-signed and not in `tls.ca`'),
  fatal('ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another host'),
  fatal('INVALID_CA', 'an issuer in the chain is no certificate authority'),
  fatal('INVALID_PURPOSE', 'the certificate is not made for servers'),
  fatal('PATH_LENGTH_EXCEEDED', 'the certificate chain breaks its own length limit'),
  fatal('SELF_SIGNED_CERT_IN_CHAIN', 'the chain ends in a root that is not in `tls.ca`'),
  fatal('UNABLE_TO_GET_ISSUER_CERT', 'the chain lacks an issuer'),
  fatal('UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'the issuer is not in `tls.ca`'),
  fatal('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the chain is incomplete: the issuer was not sent'),

  // TLS: the two sides do not fit
  fatal('EPROTO', 'the peer does not speak TLS, or no version of it that is allowed here'),
  fatal('ERR_SSL_WRONG_VERSION_NUMBER', 'the peer does not speak TLS on this port'),
  fatal('ERR_SSL_UNEXPECTED_MESSAGE', 'the peer does not speak TLS: it may echo what it gets'),
  fatal('ERR_SSL_PACKET_LENGTH_TOO_LONG', 'the peer sends something that only begins like TLS'),
  fatal('ERR_SSL_BAD_CHANGE_CIPHER_SPEC', 'the peer sends something that only begins like TLS'),
  fatal('ERR_SSL_INVALID_ALERT', 'the peer sends something that only begins like TLS'),
  fatal('ERR_SSL_UNKNOWN_ALERT_TYPE', 'the peer sends something that only begins like TLS'),
  fatal('ERR_SSL_UNSUPPORTED_PROTOCOL', 'the peer speaks no TLS version that is allowed here'),
  fatal('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'the peer allows no TLS version spoken here'),
  fatal('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'no common cipher, or no client certificate'),
  fatal('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'the peer rejects the client certificate'),
  fatal(
    'ERR_SSL_SSLV3_ALERT_UNEXPECTED_MESSAGE',
    'the peer takes the handshake for something else',
  ),
  fatal('ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER', 'the peer does not accept the handshake'),
  fatal('ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE', 'the peer rejects the client certificate'),
  fatal('ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED', 'the client certificate was revoked'),
  fatal('ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'the client certificate has expired'),
  fatal('ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'the peer rejects the client certificate'),
  fatal('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', "the peer does not know the client certificate's issuer"),
  fatal('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'the peer demands a client certificate'),
  fatal('ERR_SSL_TLSV1_ALERT_ACCESS_DENIED', 'the peer lets this client certificate do nothing'),
  fatal('ERR_SSL_TLSV1_ALERT_DECODE_ERROR', 'the peer cannot read the handshake'),
  fatal('ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY', 'the peer wants stronger ciphers'),
  fatal('ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'the peer serves no host of this name'),
  fatal('ERR_SSL_TLSV1_UNSUPPORTED_EXTENSION', 'the peer does not accept the handshake'),
  fatal('ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY', 'the peer does not know the pre-shared key'),
  fatal('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'no common protocol in `tls.ALPNProtocols`'),
  fatal('ERR_SSL_TLSV13_ALERT_MISSING_EXTENSION', 'the peer demands more of the handshake'),
  retryable('ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'the peer failed for reasons of its own'),

  // TLS: options
  fatal('ERR_OSSL_PEM_NO_START_LINE', 'a key or certificate in `tls` is not PEM'),
  fatal('ERR_OSSL_X509_KEY_VALUES_MISMATCH', '`tls.key` does not belong to `tls.cert`'),
  fatal('ERR_TLS_INVALID_PROTOCOL_VERSION', 'a TLS version in `tls` does not exist'),
  fatal('ERR_TLS_PROTOCOL_VERSION_CONFLICT', 'two options in `tls` contradict each other'),
];
