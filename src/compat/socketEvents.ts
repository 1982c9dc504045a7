/** The `close` event: the platform's `CloseEvent`, if it has one. */
export type SocketCloseEvent = typeof globalThis extends { CloseEvent: { prototype: infer TEvent } }
  ? TEvent
  : Event & CloseFacts;

/** The `message` event: the platform's `MessageEvent`, if it has one. */
export type SocketMessageEvent = typeof globalThis extends {
  MessageEvent: { prototype: infer TEvent };
}
  ? TEvent
  : // oxlint-disable-next-line typescript/no-explicit-any -- as the platform has it
    Event & { readonly data: any; readonly origin: string };

/** The `error` event: `error`, and its message; after a connect timeout the message is `TIMEOUT`. */
export type SocketErrorEvent = Event & { readonly error: unknown; readonly message: string };

/** The events of a `ReconnectingWebSocket`, by type. */
export interface SocketEventMap {
  /** A session is open. */
  open: Event;
  /** A message has arrived. */
  message: SocketMessageEvent;
  /** An attempt or a session has failed. */
  error: SocketErrorEvent;
  /** A session or an attempt has ended. */
  close: SocketCloseEvent;
}

/** The fields of a close event. */
export interface CloseFacts {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

type EventClass = new (type: string, facts: object) => Event;

/** Creates an event of the platform's class; if it has none, as in Node 20, an `Event` with the same fields. */
export function makeEvent<TType extends keyof SocketEventMap>(
  type: TType,
  className: string,
  facts: object,
): SocketEventMap[TType] {
  const Class = (globalThis as Record<string, unknown>)[className] as EventClass | undefined;
  const event =
    Class === undefined ? Object.assign(new Event(type), facts) : new Class(type, facts);
  return event as SocketEventMap[TType];
}
