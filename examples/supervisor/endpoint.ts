import type { ReconnectMachine, ReconnectOptions } from 'schmoozer';
import type { ActorRefFrom } from 'xstate';

/** One endpoint, as the supervisor sees it. */
export interface Endpoint {
  /**
   * `resting`: its link has failed and will be restarted. `down`: it has failed too often. `ended`: its link ended
   * without failure, and is not restarted.
   */
  readonly status: 'online' | 'offline' | 'resting' | 'down' | 'ended';
  readonly link: ActorRefFrom<ReconnectMachine<unknown, ReconnectOptions | undefined>> | undefined;
  /** Times of its restarts within the window, in milliseconds by the supervisor's clock. */
  readonly restartsMs: readonly number[];
  /** Why it is resting or down: the facts of the error. */
  readonly error: { readonly name: string; readonly message: string } | undefined;
}

/** Maximum number of restarts within a window, as in Erlang/OTP; here each endpoint is counted alone. */
export interface RestartPolicy {
  /** Maximum number of restarts within `withinMs`; after the next failure the endpoint is down. */
  readonly maxRestarts: number;
  readonly withinMs: number;
  /** How long a failed endpoint rests before its restart, in milliseconds. */
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
