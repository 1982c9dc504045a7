import { outbox, type OutboxOptions, type SendContext } from 'schmoozer/outbox';
import { virtualClock } from 'schmoozer/testing';

/** A call of `send`, settled by the test. */
export interface SendCall extends SendContext {
  readonly connection: string;
  readonly message: string;
  resolve(): void;
  reject(error: unknown): void;
}

/** A session of a box: the connection's name, how it ends, and how the delivery did. */
export interface Session {
  end(reason?: unknown): void;
  readonly delivered: Promise<unknown>;
}

/** An outbox on a virtual clock, whose every `send` the test settles; or, with `isOpen`, at once. */
export function boxOf(
  options: Partial<OutboxOptions<string, string>> = {},
  { isOpen = false } = {},
) {
  const clock = virtualClock();
  const calls: SendCall[] = [];
  const box = outbox<string, string>({
    clock,
    key: (message) => message,
    send: (connection, message, context) =>
      new Promise<void>((resolve, reject) => {
        calls.push({ ...context, connection, message, resolve, reject });
        if (isOpen) resolve();
      }),
    ...options,
  });
  /** What `add` answers for each. */
  const adding = async (...messages: string[]) => {
    const added = messages.map((message) => box.add(message));
    await clock.drain();
    return added;
  };
  const add = async (...messages: string[]) => void (await adding(...messages));
  const open = async (connection = 'one'): Promise<Session> => {
    const session = new AbortController();
    const delivered = box.deliver(connection, session).then(
      () => 'over',
      (error: unknown) => error,
    );
    await clock.drain();
    return { end: (reason) => session.abort(reason), delivered };
  };
  const sent = () => calls.map(({ message }) => message).join(' ');
  const settle = async (index = calls.length - 1) => {
    calls[index]?.resolve();
    await clock.drain();
  };
  return { clock, calls, box, add, adding, open, sent, settle };
}
