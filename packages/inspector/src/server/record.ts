import type { ActorRecord, Message } from '../protocol.js';
import type { Frame } from './frame.js';

/** A record that is kept. */
export interface Stored {
  readonly seq: number;
  /** As it goes to the pages: written once, not once per page. */
  readonly json: string;
  /** What it takes in memory. */
  readonly bytes: number;
}

/** Session ids repeat from app to app. */
export function keyOf(producer: string, sessionId: string): string {
  return `${producer}/${sessionId}`;
}

/** What a frame says of its actor, as the pages hear it. */
export function recordOf(producer: string, frame: Frame, seq: number): ActorRecord {
  const { at } = frame;
  if (frame.kind === 'event') {
    return { seq, at, kind: 'event', event: frame.event, ...senderOf(producer, frame) };
  }
  const { snapshot, after } = frame;
  const shown = { seq, at, snapshot, ...(after && { after }) };
  switch (frame.kind) {
    case 'actor':
      return { ...shown, kind: 'actor' };
    case 'snapshot':
      return {
        ...shown,
        kind: 'snapshot',
        event: frame.event,
        ...(frame.actions && { actions: frame.actions }),
        ...(frame.emitted && { emitted: frame.emitted }),
      };
    case 'microstep':
      return { ...shown, kind: 'microstep', transitions: frame.transitions };
  }
}

/** Who sent what to whom, without the payload. */
export function messageOf(
  producer: string,
  frame: Frame & { kind: 'event' },
  seq: number,
): Message {
  const { at, sessionId, event } = frame;
  const to = keyOf(producer, sessionId);
  return { seq, at, ...senderOf(producer, frame), to, type: event.type };
}

function senderOf(producer: string, { sourceId }: Frame & { kind: 'event' }): { from?: string } {
  return sourceId === undefined ? {} : { from: keyOf(producer, sourceId) };
}
