import { type Abortable, throwIfAborted, whenAborted } from '../../core/whenAborted.js';
import { showable } from '../showable.js';
import { InvalidOptionError } from '../../core/errors.js';
import { showAddress } from '../../core/showAddress.js';
import { WebSocketOpenError } from './errors.js';
import { nodeSide } from './nodeSide.js';
import type { Platform } from './options.js';
import { SocketOwner, type SocketOwnerOptions } from './socketOwner.js';
import type { WebSocketClass } from './socketLike.js';
import type { Target } from './target.js';

/**
 * Resolves when the WebSocket is open; an earlier abort closes it at once.
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
    const { maxMessageBytes } = options;
    const upgrade = nodeSide.watchUpgrade({ WebSocket, socketOptions, maxMessageBytes, shown });
    const more = upgrade.socketOptions;
    // A browser's class takes two arguments. So does Node's, but its second may be an options object.
    const second = isNodes && more ? ({ protocols, ...more } as never) : protocols;
    const socket = make(WebSocket, more && !isNodes ? [url, second, more] : [url, second]);
    const owner = new SocketOwner(socket, url, options);
    const { binaryType } = options;
    if (binaryType && binaryType !== 'uint8array' && socket.binaryType !== binaryType) {
      owner.destroy();
      const expected = "'uint8array' or 'arraybuffer': this WebSocket supports no other";
      throw new InvalidOptionError('binaryType', expected, binaryType);
    }
    let isSettled = false;
    let ignoreAbort = () => {};
    const forget = () => {
      isSettled = true;
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
    upgrade.listen(socket, owner);
    owner.whenEnded(() => {
      // Of a session that ends later: an error that nobody takes would cost more than the end.
      if (isSettled) return;
      forget();
      const { socketError } = owner;
      reject(upgrade.errorFrom(socketError) ?? new WebSocketOpenError(shown(), socketError));
    });
  });
}

function make(WebSocket: WebSocketClass, args: ConstructorParameters<WebSocketClass>) {
  try {
    return new WebSocket(...args);
  } catch (error) {
    throw showable(error);
  }
}
