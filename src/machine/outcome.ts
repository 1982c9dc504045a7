import type { EventObject } from 'xstate';
import { Rejection } from '../policy/classify.js';

/** What a child's `xstate.error.actor` event brings; undefined for every other event. */
export function rejectionOf(event: EventObject & { error?: unknown }): Rejection | undefined {
  return event.error instanceof Rejection ? event.error : undefined;
}

/** What a child's `xstate.done.actor` event brings. */
export function outputOf(event: EventObject & { output?: unknown }): unknown {
  return event.output;
}
