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
 * What only Node and the package `ws` know. A bundle for browsers has `nodeSide.browser.ts` in its place, by the field
 * `browser` of package.json.
 */
export interface NodeSide {
  /** Whether the class is Node's own. */
  isOwnClass(WebSocket: WebSocketClass): boolean;
  /** Whether a WebSocket of the class can send a ping, and hears the pong. */
  canPing(WebSocket: WebSocketClass): boolean;
  /** Warns the process, once of each. */
  warn(code: keyof typeof warnings): void;
  watchUpgrade(where: UpgradeWhere): Upgrade;
  /** Hears of the frames that are no message. */
  watchFrames(socket: WebSocketLike, hearer: FrameHearer): void;
  /** What the socket below the WebSocket has read, in bytes. */
  bytesRead(socket: WebSocketLike): number;
  /** What waits below the WebSocket to go out, in bytes. */
  bytesQueued(socket: WebSocketLike): number;
  /** The code with which `ws` itself closed because of this error; 1006 when it was not `ws` that closed. */
  localCloseCode(error: unknown): number;
  /** Sorts an error that no close of a WebSocket has made. */
  isRetryable(error: unknown, facts?: Pick<ErrorFacts, 'phase'>): boolean | undefined;
}

export interface UpgradeWhere {
  readonly WebSocket: WebSocketClass;
  readonly socketOptions: object | undefined;
  readonly maxMessageBytes: number;
  /** The address, fit to be shown. */
  readonly shown: () => string;
}

/** The HTTP request that a WebSocket begins with. */
export interface Upgrade {
  /** What the class is to get as its options. */
  readonly socketOptions: object | undefined;
  /** Listens to the WebSocket that was made with them. */
  listen(socket: WebSocketLike, owner: Opening): void;
  /** Why the WebSocket did not open; undefined if nothing is known that the error of the socket does not say. */
  errorFrom(socketError: unknown): Error | undefined;
}

/** Who hears of the frames that are no message. */
export interface FrameHearer {
  readonly onSign: (isPong: boolean) => void;
  /** The peer says that it closes. */
  readonly onCloseFrame: (close: ReceivedClose) => void;
}

/** The one that opens the WebSocket. */
interface Opening {
  /** How the session has ended; undefined while it has not. */
  readonly close: object | undefined;
  destroy(): void;
}

const warnings = {
  SCHMOOZER_NODE_WEBSOCKET:
    "Node's own WebSocket cannot drop a connection whose peer is gone: give `WebSocket`, best that of `ws`",
  SCHMOOZER_NO_PONG:
    'a WebSocket server answers no ping: give a `heartbeat` with a `message`, or `silenceMs`',
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
    // Others may have put a class of theirs in its place, such as that of `ws`, which takes three arguments.
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
        // The answer when it is not 101; who listens must end the request.
        socket.on?.('unexpected-response', (_request, response: HttpResponse) => {
          const { statusCode, headers } = response;
          refusal = new UpgradeRefusedError(shown(), statusCode, retryAfterMs(headers));
          // It accepts, and does not.
          if (isSecured && headers['sec-websocket-accept'] !== undefined) markDamage(refusal);
          opening.destroy();
        });
        // An answer with 101, before it is looked at.
        socket.on?.('upgrade', ({ socket: tcp }: HttpResponse) => {
          isUpgraded = true;
          // Where it comes from Node; others only have the same event.
          tcp?.once('end', () => {
            // The peer will send nothing more, so nobody waits until it has read what is still to go out.
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
    // When the peer's close frame comes, `ws` answers by its own `close`; its event comes only when the peer has ended the
    // connection, too. Our own calls have a text as the reason, those after an error have none.
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
    // Node's HTTP parser: what answers does not speak HTTP.
    if (tcpErrorCodeOf(error).startsWith('HPE_')) return false;
    return isRetryableTcpError(error, facts);
  },
};

/**
 * An option of `ws`: sends the request as the user's does, and says whether its TLS handshake is done. A redirect is
 * followed by another request.
 */
function tellSecured(
  socketOptions: SocketOptionsOfWs | undefined,
  tell: (isSecured: boolean) => void,
) {
  return (request: HttpRequest, webSocket: unknown) => {
    tell(false);
    request.once('socket', (socket) => {
      // One that an agent has kept was secured for an earlier request.
      if (request.reusedSocket && socket.encrypted) tell(true);
      else socket.once('secureConnect', () => tell(true));
    });
    if (socketOptions?.finishRequest) socketOptions.finishRequest(request, webSocket);
    else request.end();
  };
}

/** Whether a WebSocket, or the prototype of a class, is that of `ws`: no other for a client can terminate. */
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

/** What `ws` knows and does not promise: looked for, and never needed. */
interface Inner {
  readonly _socket?: {
    readonly bytesRead?: number;
    readonly _handle?: Handle | null;
  } | null;
}

interface Handle {
  readonly writeQueueSize?: number;
  /** What is below TLS: that takes a message whole, and says so only when all of it has gone out. */
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
