// Why: docs/decisions/0098-the-inspector-for-a-bad-night.md
import { Redacted } from '../core/redacted.js';
import type { InspectedActor } from './inspectionEvent.js';
import { currentSnapshot } from './liveActors.js';
import { ownValue, tryOr } from './pick.js';

/** The commands that a page may send to a link. */
export const COMMANDS: readonly string[] = ['stop', 'reconnect', 'suspend', 'resume'];

/** An actor that accepts events. */
export interface Commanded extends InspectedActor {
  send(event: { readonly type: string }): void;
}

/** True if an actor is a link of this library, on either engine: only links know the commands. */
export function isLink(actor: InspectedActor): boolean {
  return tryOr(() => {
    const context = ownValue(currentSnapshot(actor), 'context');
    return ownValue(Object(context) as object, 'settings') instanceof Redacted;
  }, false);
}

/**
 * Executes and logs a message of the inspector's server if it is a command to a link in this process; ignores all other
 * messages.
 */
export function obey(
  text: unknown,
  find: (sessionId: string) => InspectedActor | undefined,
  log: (line: string) => void,
): void {
  const asked = tryOr(() => Object(JSON.parse(String(text))) as Record<string, unknown>, undefined);
  const { type, sessionId, command } = asked ?? {};
  if (type !== '@schmoozer.command' || typeof sessionId !== 'string') return;
  const known = COMMANDS.find((name) => name === command);
  const actor = known === undefined ? undefined : find(sessionId);
  if (known === undefined || actor === undefined || !isLink(actor)) return;
  log(`schmoozer/inspect: the inspector sends \`${known}\` to ${String(actor.id)}`);
  (actor as Commanded).send({ type: known });
}
