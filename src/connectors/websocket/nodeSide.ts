// Why: docs/decisions/0058-nodes-own-websocket.md
import type { ErrorFacts } from '../../core/connector.js';
import { isDamage, markDamage, markIfDamage } from '../damage.js';
import { isRetryableTcpError } from '../isRetryableTcpError.js';
import { showable } from '../showable.js';
import { tcpErrorCodeOf } from '../tcpVerdicts.js';
import { withWords } from '../withWords.js';
import { isFoundByWs, UpgradeRefusedError } from './errors.js';
import type { ReceivedClose, WebSocketClass, WebSocketLike } from './socketLike.js';
import { retryAfterMs } from '../retryAfterMs.js';
import { upgradeStatuses, upgradeStatusOf } from './upgradeStatuses.js';
import { warnOnce } from './warnOnce.js';

/**
 * Features of Node and the package `ws`. Bundles for browsers use `nodeSide.browser.ts` instead, by the field `browser`
 * of package.json.
 */
export interface NodeSide {
  /** True if the class is Node's own. */
  isOwnClass(WebSocket: WebSocketClass): boolean;
  /** True if a WebSocket of the class can send a ping, and reports the pong. */
  canPing(WebSocket: WebSocketClass): boolean;
  /** Emits a process warning, once for each code. */
  warn(code: keyof typeof warnings): void;
  watchUpgrade(where: UpgradeWhere): Upgrade;
  /** Listens for frames that are not messages. */
  watchFrames(socket: WebSocketLike, hearer: FrameHearer): void;
  /** Bytes read by the socket below the WebSocket. */
  bytesRead(socket: WebSocketLike): number;
  /** Bytes that wait to be sent below the WebSocket. */
  bytesQueued(socket: WebSocketLike): number;
  /** The code with which `ws` itself closed because of this error; 1006 if another side closed. */
  localCloseCode(error: unknown): number;
  /** Classifies an error that is not a WebSocket's close. */
  isRetryable(error: unknown, facts?: Pick<ErrorFacts, 'phase'>): boolean | undefined;
}

export interface UpgradeWhere {
  readonly WebSocket: WebSocketClass;
  readonly socketOptions: object | undefined;
  readonly maxMessageBytes: number;
  /** The address without secrets. */
  readonly shown: () => string;
}

/** The HTTP request that opens a WebSocket. */
export interface Upgrade {
  /** The options to pass to the class. */
  readonly socketOptions: object | undefined;
  /** Listens to the WebSocket that was created with them. */
  listen(socket: WebSocketLike, owner: Opening): void;
  /** Why the WebSocket did not open; undefined if the socket's own error already says everything. */
  errorFrom(socketError: unknown): Error | undefined;
}

/** Receives frames that are not messages. */
export interface FrameHearer {
  readonly onSign: (isPong: boolean) => void;
  /** The peer has sent a close frame. */
  readonly onCloseFrame: (close: ReceivedClose) => void;
}

/** The owner that opens the WebSocket. */
interface Opening {
  /** How the session has ended; undefined while it has not. */
  readonly close: object | undefined;
  destroy(): void;
}

const warnings = {
  SCHMOOZER_NODE_WEBSOCKET:
    "Node's own WebSocket cannot drop a connection whose peer is gone: set `WebSocket`, preferably to that of `ws`",
  SCHMOOZER_NO_PONG:
    'a WebSocket server answers no ping: set a `heartbeat` with a `message`, or `silenceMs`',
};

const codesOfWs: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
};

export const nodeSide: NodeSide = {
  isOwnClass(WebSocket) {
    const { process } = globalThis as { process?: { versions?: { undici?: string } } };
    // A program may have replaced the global class, for example with that of `ws`, which takes three arguments.
    const isOwn = WebSocket === globalThis.WebSocket && WebSocket.length === 1;
    return isOwn && process?.versions?.undici !== undefined;
  },

  canPing({ prototype }) {
    const { ping, on } = (prototype ?? {}) as { ping?: unknown; on?: unknown };
    return typeof ping === 'function' && typeof on === 'function';
  },

  warn: (code) => warnOnce(code, warnings[code]),

  watchUpgrade({ WebSocket, socketOptions, maxMessageBytes, shown }) {
    let isSecured = false;
    let isUpgraded = false;
    let refusal: UpgradeRefusedError | undefined;
    const finishRequest = tellSecured(socketOptions, (is) => {
      isSecured = is;
    });
    const ofWs = { maxPayload: maxMessageBytes, ...socketOptions, finishRequest };
    return {
      socketOptions: isOfWs(WebSocket.prototype as WebSocketLike) ? ofWs : socketOptions,
      listen(socket, opening) {
        // A response other than 101; a listener of this event must end the request itself.
        socket.on?.('unexpected-response', (_request, response: HttpResponse) => {
          const { statusCode, headers } = response;
          refusal = new UpgradeRefusedError(shown(), statusCode, retryAfterMs(headers));
          // The server accepts the upgrade in its headers, but not by its status: the response was damaged.
          if (isSecured && headers['sec-websocket-accept'] !== undefined) markDamage(refusal);
          opening.destroy();
        });
        // A response with 101, before `ws` checks it.
        socket.on?.('upgrade', ({ socket: tcp }: HttpResponse) => {
          isUpgraded = true;
          // Set for Node's socket only; other classes have an event of the same name.
          tcp?.once('end', () => {
            // The peer will send nothing more, so the close need not wait until the peer has read the pending data.
            if (opening.close === undefined && socket.bufferedAmount > 0) opening.destroy();
          });
        });
      },
      errorFrom(socketError) {
        if (refusal) return refusal;
        if (isUpgraded) {
          const error = new UpgradeRefusedError(shown(), 101, undefined, socketError);
          if (isSecured) markDamage(error);
          return error;
        }
        if (!(socketError instanceof Error && 'code' in socketError)) return undefined;
        if (isSecured) markIfDamage(socketError);
        return showable(withWords(socketError, shown()));
      },
    };
  },

  watchFrames(socket, { onSign, onCloseFrame }) {
    socket.on?.('ping', () => onSign(false));
    socket.on?.('pong', () => onSign(true));
    if (!isOfWs(socket)) return;
    // `ws` answers the peer's close frame by calling its own `close`, but emits its event only when the peer has ended
    // the connection, too. Calls from this library pass a string as the reason; calls after an error pass none.
    const close = socket.close.bind(socket);
    socket.close = (code?: number, reason?: string | { toString(): string }) => {
      close(code, reason as string);
      if (code !== undefined && typeof reason !== 'object') return;
      onCloseFrame({ code: code ?? 1005, reason: reason?.toString() ?? '', wasClean: true });
    };
  },

  bytesRead: (socket) => tcpOf(socket)?.bytesRead ?? 0,

  // oxlint-disable-next-line no-underscore-dangle -- `ws` reports a message only when it has gone out whole
  bytesQueued: (socket) => queuedIn(tcpOf(socket)?._handle),

  localCloseCode: (error) => (isFoundByWs(error) ? (codesOfWs[error.code] ?? 1002) : 1006),

  isRetryable(error, facts) {
    if (isDamage(error, facts)) return true;
    if (error instanceof UpgradeRefusedError) {
      const status = upgradeStatusOf(error.statusCode);
      return status === undefined || upgradeStatuses[status] === 'transient';
    }
    // Node's HTTP parser reports a peer that does not speak HTTP.
    if (tcpErrorCodeOf(error).startsWith('HPE_')) return false;
    return isRetryableTcpError(error, facts);
  },
};

/**
 * An option of `ws`: sends the request as the user's option does, and reports whether its TLS handshake has finished. A
 * redirect causes another request.
 */
function tellSecured(
  socketOptions: SocketOptionsOfWs | undefined,
  tell: (isSecured: boolean) => void,
) {
  return (request: HttpRequest, webSocket: unknown) => {
    tell(false);
    request.once('socket', (socket) => {
      // A socket that an agent has reused was secured for an earlier request.
      if (request.reusedSocket && socket.encrypted) tell(true);
      else socket.once('secureConnect', () => tell(true));
    });
    if (socketOptions?.finishRequest) socketOptions.finishRequest(request, webSocket);
    else request.end();
  };
}

/** True if a WebSocket, or the prototype of a class, is that of `ws`: no other client class can terminate. */
function isOfWs(socket: { readonly terminate?: unknown }): boolean {
  return typeof socket.terminate === 'function';
}

function tcpOf(socket: WebSocketLike): Inner['_socket'] {
  // oxlint-disable-next-line no-underscore-dangle -- nothing public says so
  return (socket as Inner)._socket;
}

function queuedIn(handle: Handle | null | undefined): number {
  if (!handle) return 0;
  // oxlint-disable-next-line no-underscore-dangle -- nothing public says so
  return (handle.writeQueueSize ?? 0) + queuedIn(handle._parent);
}

/** Undocumented properties of `ws`: used if present, never required. */
interface Inner {
  readonly _socket?: {
    readonly bytesRead?: number;
    readonly _handle?: Handle | null;
  } | null;
}

interface Handle {
  readonly writeQueueSize?: number;
  /** The handle below TLS: TLS accepts a message whole, and reports only when all of it has been sent. */
  readonly _parent?: Handle | null;
}

interface SocketOptionsOfWs {
  readonly finishRequest?: (request: HttpRequest, webSocket: unknown) => void;
}

interface HttpRequest {
  readonly reusedSocket?: boolean;
  once(event: 'socket', listener: (socket: TcpSocket) => void): unknown;
  end(): void;
}

interface TcpSocket {
  readonly encrypted?: boolean;
  once(event: 'secureConnect' | 'end', listener: () => void): unknown;
}

interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly socket?: TcpSocket;
}
