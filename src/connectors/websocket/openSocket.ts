import { type Abortable, throwIfAborted, whenAborted } from '../../core/whenAborted.js';
import { markDamage, markIfDamage } from '../damage.js';
import { showable } from '../showable.js';
import { withWords } from '../withWords.js';
import { InvalidOptionError } from '../../core/errors.js';
import { showAddress } from '../../core/showAddress.js';
import { UpgradeRefusedError, WebSocketOpenError } from './errors.js';
import type { Platform } from './options.js';
import { SocketOwner, type SocketOwnerOptions } from './socketOwner.js';
import type { WebSocketClass } from './socketLike.js';
import type { Target } from './target.js';
import { retryAfterMs } from './upgradeStatuses.js';

/**
 * Resolves at `open`; an abort before it closes the socket at once.
 *
 * @throws UpgradeRefusedError, WebSocketOpenError, or Node's own errors; the signal's reason once aborted
 */
export function openSocket(
  { WebSocket, isNodes }: Platform,
  { url, protocols, socketOptions }: Target,
  options: SocketOwnerOptions,
  attempt: Abortable,
): Promise<SocketOwner> {
  return new Promise((resolve, reject) => {
    throwIfAborted(attempt);
    const shown = () => showAddress(url);
    let isSecured = false;
    const limited = isOfWs(WebSocket)
      ? {
          maxPayload: options.maxMessageBytes,
          ...socketOptions,
          finishRequest: tellSecured(socketOptions, (is) => {
            isSecured = is;
          }),
        }
      : socketOptions;
    // A browser takes two arguments, and so does Node: there the second may have it all.
    const second = isNodes && limited ? ({ protocols, ...limited } as never) : protocols;
    const hasThird = limited && !isNodes;
    const socket = make(WebSocket, hasThird ? [url, second, limited] : [url, second]);
    const owner = new SocketOwner(socket, url, options);
    const { binaryType } = options;
    if (binaryType !== 'uint8array' && socket.binaryType !== binaryType) {
      owner.destroy();
      const expected = "'uint8array' or 'arraybuffer': this WebSocket knows no other";
      throw new InvalidOptionError('binaryType', expected, binaryType);
    }
    let refusal: UpgradeRefusedError | undefined;
    let isUpgraded = false;
    let ignoreAbort = () => {};
    const forget = () => {
      ignoreAbort();
      socket.removeEventListener('open', onOpen);
    };
    const onOpen = () => {
      forget();
      resolve(owner);
    };
    const onAbort = (reason: unknown) => {
      forget();
      reject(reason);
      owner.destroy();
    };
    socket.addEventListener('open', onOpen);
    ignoreAbort = whenAborted(attempt, onAbort);
    // Of `ws`: the answer when it is not 101; who listens must end the request.
    socket.on?.('unexpected-response', (_request, response: HttpResponse) => {
      const { statusCode, headers } = response;
      refusal = new UpgradeRefusedError(shown(), statusCode, retryAfterMs(headers));
      // It accepts, and does not.
      if (isSecured && headers['sec-websocket-accept'] !== undefined) markDamage(refusal);
      owner.destroy();
    });
    // Of `ws`: an answer with 101, before it is looked at.
    socket.on?.('upgrade', ({ socket: tcp }: HttpResponse) => {
      isUpgraded = true;
      // Where it comes from Node; others only have the same event.
      tcp?.once('end', () => owner.endOfStream());
    });
    owner.whenEnded(() => {
      forget();
      const { socketError } = owner;
      if (refusal) reject(refusal);
      else if (isUpgraded) {
        const error = new UpgradeRefusedError(shown(), 101, undefined, socketError);
        if (isSecured) markDamage(error);
        reject(error);
      } else if (socketError instanceof Error && 'code' in socketError) {
        if (isSecured) markIfDamage(socketError);
        reject(showable(withWords(socketError, shown())));
      } else reject(new WebSocketOpenError(shown(), socketError));
    });
  });
}

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

function make(WebSocket: WebSocketClass, args: ConstructorParameters<WebSocketClass>) {
  try {
    return new WebSocket(...args);
  } catch (error) {
    throw showable(error);
  }
}

/** Whether the class knows the options of `ws`: no other WebSocket for a client can terminate. */
function isOfWs({ prototype }: Function): boolean {
  return typeof (prototype as { terminate?: unknown }).terminate === 'function';
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
