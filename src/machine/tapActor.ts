import { Redacted } from '../core/redacted.js';
import { tap } from '../core/tap.js';
import type { ReconnectContext } from './context.js';

/** The members of an XState actor that are used here. */
interface TappedActor {
  readonly id: string;
  readonly sessionId: string;
  on(type: '*', listener: (event: { readonly type: string }) => void): unknown;
}

/** Reports a new actor to the tap, which observes all links. */
export function tapActor(actor: TappedActor, { settings }: ReconnectContext): void {
  const { id, sessionId } = actor;
  const heard = tap()?.link(actor, Redacted.value(settings), id === sessionId ? undefined : id);
  if (heard) actor.on('*', heard.told);
}
