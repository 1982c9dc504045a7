// Why: packages/cli/decisions/0049-the-command-is-a-package.md
import { explainError, printable } from 'schmoozer/explain';
import { UpgradeRefusedError } from 'schmoozer/websocket';
import { CommandError } from './commandError.js';
import type { Target } from './parseTarget.js';

/** An error in words that are safe for a terminal and a log, with a hint how to fix it. */
export interface Explained {
  /** The code of Node or of this project, such as `ECONNREFUSED`; null if there is none. */
  readonly code: string | null;
  readonly message: string;
  /** null if there is no advice. */
  readonly hint: string | null;
}

const UNTRUSTED = 'trust its issuer with --ca <file>, or accept any certificate with --insecure';
const NO_CLIENT_CERTIFICATE = 'this command sends no client certificate: use the library';

const hints: Record<string, string | undefined> = {
  ECONNREFUSED: 'check host and port, and that the server is running',
  ENOTFOUND: 'check the host name',
  ERR_CONNECT_TIMEOUT: 'check host, port and scheme, or allow more with --connect-timeout',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_HAS_EXPIRED: 'renew it on the server, or accept any certificate with --insecure',
  ERR_TLS_CERT_ALTNAME_INVALID: 'use the name it is for, or accept any with --insecure',
  ERR_UPGRADE_REFUSED: 'check the path, and the credentials in the address (user:password@host)',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CLIENT_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: NO_CLIENT_CERTIFICATE,
};

/** The errors with which a peer answers a TLS handshake when it does not speak TLS. */
const notTls = new Set([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_UNEXPECTED_MESSAGE',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_DATA_LENGTH_TOO_LONG',
  'ERR_SSL_BAD_CHANGE_CIPHER_SPEC',
  'ERR_SSL_INVALID_ALERT',
  'ERR_SSL_UNKNOWN_ALERT_TYPE',
]);

export function explain(error: unknown, target: Target): Explained {
  const { code, message, hint } = inWords(error, target);
  // They contain text from peers, certificates and files.
  return { code: code && printable(code), message: printable(message), hint };
}

function inWords(error: unknown, target: Target): Explained {
  const parts = (error ?? {}) as Record<'code' | 'message' | 'cause', unknown>;
  const { message = error, cause } = parts;
  const code = typeof parts.code === 'string' ? parts.code : null;
  if (code === 'ERR_RETRY_LIMIT' && cause !== undefined) {
    const inner = inWords(cause, target);
    return { ...inner, code, message: `${String(message)}: ${inner.message}` };
  }
  // Several addresses of one host: the first error represents all, if the error itself does not list them.
  if (error instanceof AggregateError && error.errors.length > 0) {
    const first = inWords(error.errors[0], target);
    return error.message === '' ? first : { ...first, message: error.message };
  }
  const known = code?.replace('SSL/TLS_ALERT', 'SSLV3_ALERT') ?? '';
  return {
    code,
    message: wordsFor(error, known) ?? String(message),
    hint: error instanceof CommandError ? error.hint : hintFor(known, target),
  };
}

/** Words for an error whose own message says too little. */
function wordsFor(error: unknown, code: string): string | undefined {
  // Node's HTTP parser only reports which character it expected.
  if (code.startsWith('HPE_')) return 'the peer does not speak HTTP, with which a WebSocket begins';
  const reason = explainError(error);
  if (error instanceof UpgradeRefusedError && reason !== undefined) {
    return error.message.replace(/HTTP \d+/, (status) => `${status}: ${reason}`);
  }
  // OpenSSL's message contains a line of its source code.
  return /^ERR_SSL_|^EPROTO$/.test(code) ? reason : undefined;
}

function hintFor(code: string, { scheme }: Target): string | null {
  // Node's HTTP parser.
  if (code.startsWith('HPE_')) return 'use tcp:// when the server does not speak WebSocket';
  // Many TLS servers answer plain text in this way.
  if (code === 'ECONNRESET' && scheme === 'ws') return 'if the server speaks TLS, use wss://';
  if (notTls.has(code)) {
    const plain = scheme === 'wss' ? 'ws' : 'tcp';
    return `use ${plain}:// when the server does not speak TLS`;
  }
  return hints[code] ?? null;
}
