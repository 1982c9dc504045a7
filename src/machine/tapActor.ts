import { Redacted } from '../core/redacted.js';
import { tap } from '../core/tap.js';
import type { ReconnectContext } from './context.js';

/** What is asked of an actor of XState. */
interface TappedActor {
  readonly id: string;
  readonly sessionId: string;
  on(type: '*', listener: (event: { readonly type: string }) => void): unknown;
}

/** Lets whoever hears of all links hear this actor, which begins. */
export function tapActor(actor: TappedActor, { settings }: ReconnectContext): void {
  const { id, sessionId } = actor;
  const heard = tap()?.link(actor, Redacted.value(settings), id === sessionId ? undefined : id);
  if (heard) actor.on('*', heard.told);
}
