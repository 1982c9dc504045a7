import type { ReconnectMachine, ReconnectOptions } from 'schmoozer';
import type { ActorRefFrom } from 'xstate';

/** One endpoint, as the supervisor sees it. */
export interface Endpoint {
  /**
   * `resting`: its link has failed and will be restarted. `down`: it has failed too often. `ended`: its link
   * ended as it should, and stays so.
   */
  readonly status: 'online' | 'offline' | 'resting' | 'down' | 'ended';
  readonly link: ActorRefFrom<ReconnectMachine<unknown, ReconnectOptions | undefined>> | undefined;
  /** When it was restarted, in milliseconds on the supervisor's clock; those within the window. */
  readonly restartsMs: readonly number[];
  /** Why it is resting or down: what can be kept of the error. */
  readonly error: { readonly name: string; readonly message: string } | undefined;
}

/** Restarts within a window, as Erlang/OTP counts them; here each endpoint counts for itself. */
export interface RestartPolicy {
  /** How many restarts are made within `withinMs`; the next failure takes the endpoint down. */
  readonly maxRestarts: number;
  readonly withinMs: number;
  /** How long a failed endpoint rests before its restart. */
  readonly delayMs: number;
}

export interface Health {
  readonly total: number;
  readonly online: number;
  readonly down: number;
}

export function healthOf(endpoints: Readonly<Record<string, Endpoint>>): Health {
  const list = Object.values(endpoints).filter(({ status }) => status !== 'ended');
  const count = (wanted: Endpoint['status']) =>
    list.filter(({ status }) => status === wanted).length;
  return { total: list.length, online: count('online'), down: count('down') };
}

/** The link has failed: it rests before its next restart, or has none left. */
export function afterFailure(
  endpoint: Endpoint,
  error: unknown,
  policy: RestartPolicy,
  nowMs: number,
): Endpoint {
  const restartsMs = endpoint.restartsMs.filter((ms) => nowMs - ms < policy.withinMs);
  const status = restartsMs.length < policy.maxRestarts ? 'resting' : 'down';
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { status, link: undefined, restartsMs, error: { name, message } };
}
