import type { ActorRecord, Message } from '../protocol.js';
import type { Frame } from './frame.js';

/** A stored record. */
export interface Stored {
  readonly seq: number;
  /** The record for the pages: serialized once, not once per page. */
  readonly json: string;
  /** Its memory size in bytes. */
  readonly bytes: number;
}

/** Combines both, because session ids repeat from app to app. */
export function keyOf(producer: string, sessionId: string): string {
  return `${producer}/${sessionId}`;
}

/** The record of a frame for the pages. */
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

/** Sender, recipient and type, without the payload. */
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
