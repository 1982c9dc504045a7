import { SchmoozerError } from '../../core/errors.js';
import { printable } from '../../core/printable.js';
import { markDamage } from '../damage.js';
import { showable } from '../showable.js';
import { closeCodeRow } from './closeCodes.js';

/** The `code`s of the errors of a WebSocket. */
export type WebSocketErrorCode =
  | 'ERR_HEARTBEAT_TIMEOUT'
  | 'ERR_MESSAGE_OVERFLOW'
  | 'ERR_MESSAGE_TOO_LONG'
  | 'ERR_UPGRADE_REFUSED'
  | 'ERR_WEBSOCKET_CLOSED'
  | 'ERR_WEBSOCKET_OPEN';

/** True if `ws` reports with this error that received data was damaged, or over one of its limits. */
export function isFoundByWs(error: unknown): error is { readonly code: string } {
  return String((error as { code?: unknown } | null | undefined)?.code).startsWith('WS_ERR_');
}

/** The WebSocket was closed. The close code says by which side, why, and what follows (docs/websocket.md). */
export class WebSocketClosedError extends SchmoozerError<WebSocketErrorCode> {
  override readonly name = 'WebSocketClosedError';

  readonly #reason: string;

  constructor(
    /** The close code. */
    readonly closeCode: number,
    reason: string,
    /** True if both sides completed the closing handshake. */
    readonly wasClean: boolean,
    /** The error that this side found, if it was the one that closed; only `ws` reports it. */
    cause?: unknown,
  ) {
    const meaning = closeCodeRow(closeCode)?.meaning;
    let text = `the WebSocket was closed with code ${closeCode}`;
    if (meaning) text += ` (${meaning})`;
    if (reason) text += `, reason ${JSON.stringify(reason)}`;
    super('ERR_WEBSOCKET_CLOSED', printable(text + messageOf(cause)), causeOf(cause));
    this.#reason = reason;
    if (isFoundByWs(cause)) markDamage(this);
  }

  /** The peer's reason, unchanged; often empty. The message contains it in printable form. */
  get reason(): string {
    return this.#reason;
  }
}

/** The WebSocket did not open. Browsers do not say why; on other platforms `cause` does. */
export class WebSocketOpenError extends SchmoozerError<WebSocketErrorCode> {
  override readonly name = 'WebSocketOpenError';

  constructor(
    /** Without its query and credentials. */
    readonly url: string,
    cause?: unknown,
  ) {
    const text = `the WebSocket to ${url} did not open`;
    super('ERR_WEBSOCKET_OPEN', printable(text + messageOf(cause)), causeOf(cause));
  }
}

/** The server answered the upgrade without opening a WebSocket. */
export class UpgradeRefusedError extends SchmoozerError<WebSocketErrorCode> {
  override readonly name = 'UpgradeRefusedError';

  constructor(
    /** Without its query and credentials. */
    readonly url: string,
    /** The HTTP status of the answer. */
    readonly statusCode: number,
    /** The server's Retry-After in milliseconds, if it sent one. */
    readonly retryAfterMs?: number,
    cause?: unknown,
  ) {
    const text = `${url} answered the WebSocket upgrade with HTTP ${statusCode}`;
    super('ERR_UPGRADE_REFUSED', printable(text + messageOf(cause)), causeOf(cause));
  }
}

/** Nothing arrived within the deadline after a heartbeat was sent. */
export class HeartbeatTimeoutError extends SchmoozerError<WebSocketErrorCode> {
  override readonly name = 'HeartbeatTimeoutError';

  constructor(
    /** The length of the deadline, in milliseconds. */
    readonly timeoutMs: number,
    /** True if `run` was behind, so that the WebSocket was paused and an answer could not be noticed. */
    readonly wasPaused = false,
    option = 'timeoutMs',
  ) {
    const why = wasPaused
      ? '`run` has not read the waiting messages: read faster, or raise `readAheadBytes` or'
      : 'if one long message was being received, raise';
    super(
      'ERR_HEARTBEAT_TIMEOUT',
      `nothing arrived within ${timeoutMs} ms of a heartbeat: ${why} \`heartbeat.${option}\``,
    );
  }
}

/**
 * Messages arrived faster than they were read, and `onOverflow` is `'end'`, which is the default if the class cannot
 * pause.
 */
export class MessageOverflowError extends SchmoozerError<WebSocketErrorCode> {
  override readonly name = 'MessageOverflowError';

  constructor(/** The value of `readAheadBytes`, in bytes. */ readonly readAheadBytes: number) {
    super(
      'ERR_MESSAGE_OVERFLOW',
      `more than ${readAheadBytes} bytes of messages wait to be read: read faster, or raise \`readAheadBytes\``,
    );
  }
}

/** A message was longer than `maxMessageBytes`; `ws` itself closes with 1009 before it has read all of it. */
export class MessageTooLongError extends SchmoozerError<WebSocketErrorCode> {
  override readonly name = 'MessageTooLongError';

  constructor(/** The value of `maxMessageBytes`, in bytes. */ readonly maxMessageBytes: number) {
    super(
      'ERR_MESSAGE_TOO_LONG',
      `a message was longer than \`maxMessageBytes\` (${maxMessageBytes})`,
    );
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error && cause.message ? `: ${cause.message}` : '';
}

function causeOf(cause: unknown): ErrorOptions | undefined {
  return cause === undefined ? undefined : { cause: showable(cause) };
}
