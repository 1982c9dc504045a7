// Why: docs/decisions/0012-websockets-of-three-kinds.md
/** The types of binary messages, by the option `binaryType`. */
export interface WebSocketBinary {
  /** The default. */
  uint8array: Uint8Array;
  /** As the platform delivers it. */
  arraybuffer: ArrayBuffer;
  /** Where the class supports it. */
  blob: Blob;
  /** `ws` only. */
  nodebuffer: typeof globalThis extends { Buffer: { alloc(size: number): infer TBuffer } }
    ? TBuffer
    : Uint8Array;
}

/** A value of the option `binaryType`. */
export type WebSocketBinaryType = keyof WebSocketBinary;

/** A received message: a string, or bytes. */
export type WebSocketMessage<TBinary extends WebSocketBinaryType = 'uint8array'> =
  | string
  | WebSocketBinary[TBinary];

/** A message of any `binaryType`. */
export type AnyMessage = string | Uint8Array | ArrayBuffer | Blob;

/** The data that `send` accepts. */
export type WebSocketData = string | ArrayBuffer | ArrayBufferView | Blob;

/**
 * The required interface of a WebSocket. The global classes of browsers and of Node have it, and that of the package
 * `ws`, whose further methods are used if present.
 */
export interface WebSocketLike {
  /** 0 while connecting, then 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Number of unsent bytes. */
  readonly bufferedAmount: number;
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  /** The extensions that the server chose. */
  readonly extensions?: string;
  /** The type of binary messages. */
  binaryType: string;
  /** Sends a message. */
  // oxlint-disable-next-line typescript/no-explicit-any -- WebSocketData; the classes' own types of views differ
  send(data: any): void;
  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void;
  /** Adds a listener. */
  addEventListener(type: WebSocketEventName, listener: WebSocketListener): void;
  /** Removes a listener. */
  removeEventListener(type: WebSocketEventName, listener: WebSocketListener): void;
  /** Sends a ping; only `ws` has it. */
  ping?(): void;
  /** Stops reading; only `ws` has it. */
  pause?(): void;
  /** Continues reading; only `ws` has it. */
  resume?(): void;
  /** Drops the connection without a handshake; only `ws` has it. */
  terminate?(): void;
  /** Adds a listener, as in Node's EventEmitter; only `ws` has it. */
  // oxlint-disable-next-line typescript/no-explicit-any -- each event has arguments of its own
  on?(event: string, listener: (...args: any[]) => void): unknown;
}

export type WebSocketEventName = 'open' | 'message' | 'error' | 'close';

// oxlint-disable-next-line typescript/no-explicit-any -- browsers and `ws` have event classes of their own
type WebSocketListener = (event: any) => void;

/** The close event of a WebSocket. */
export interface ReceivedClose {
  /** The close code; 1006 when the connection broke. */
  readonly code: number;
  /** The reason that the server gave; may be empty. */
  readonly reason: string;
  /** Whether the closing handshake was completed. */
  readonly wasClean: boolean;
}

/** A class such as the global `WebSocket`, or that of the package `ws`. */
export type WebSocketClass = new (
  url: string,
  protocols: string[],
  // oxlint-disable-next-line typescript/no-explicit-any -- `ws` says which options it takes
  options?: any,
) => WebSocketLike;

/** A value of `readyState`; not all classes define it. */
export const OPEN = 1;
