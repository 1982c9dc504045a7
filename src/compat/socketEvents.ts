/** How a WebSocket has closed: the platform's `CloseEvent`, where it has one. */
export type SocketCloseEvent = typeof globalThis extends { CloseEvent: { prototype: infer TEvent } }
  ? TEvent
  : Event & CloseFacts;

/** A message: the platform's `MessageEvent`, where it has one. */
export type SocketMessageEvent = typeof globalThis extends {
  MessageEvent: { prototype: infer TEvent };
}
  ? TEvent
  : // oxlint-disable-next-line typescript/no-explicit-any -- as the platform has it
    Event & { readonly data: any; readonly origin: string };

/** What went wrong: `error`, and its text; that of a connect timeout is `TIMEOUT`. */
export type SocketErrorEvent = Event & { readonly error: unknown; readonly message: string };

/** The events of a `ReconnectingWebSocket`, by their types. */
export interface SocketEventMap {
  /** A session is open. */
  open: Event;
  /** A message came. */
  message: SocketMessageEvent;
  /** An attempt or a session has failed. */
  error: SocketErrorEvent;
  /** A session or an attempt has ended. */
  close: SocketCloseEvent;
}

/** What a close event tells. */
export interface CloseFacts {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

type EventClass = new (type: string, facts: object) => Event;

/** An event of the platform's class of that name; where there is none, as in Node 20, an `Event` with the same fields. */
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
