const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Every bound of the server with its default. Five of them are options of `startInspector`; the others are
 * fixed. docs/security.md cites this table, row by row.
 */
export const defaultLimits = {
  // Who is let in at one time.
  /** Connections that have not shown a token yet; the oldest makes room. */
  strangers: 256,
  /** Apps that are connected; a further one is answered 503. */
  apps: 200,
  /** Pages that are open; a further one is answered 503. */
  pages: 8,
  /** How long a stranger may take for a request, in milliseconds. */
  requestMs: 10_000,

  // What an app may send.
  /** Bytes of one frame; a larger one ends that app's connection. */
  maxFrameBytes: 4 * MIB,
  /** Bytes of frames that have not come to their end, of all apps together; the app that goes over it is cut off. */
  pendingBytes: 16 * MIB,
  /** Values (objects, lists, texts, numbers) in one frame; one with more is not read. */
  frameValues: 50_000,

  // What is kept of one frame; the rest is replaced by a mark that says so.
  /** Levels of objects and lists in a context, event, output, error or definition. */
  depth: 200,
  /** Values in a record. */
  recordValues: 10_000,
  /** Characters of all texts and keys in a record. */
  recordCharacters: 128 * KIB,
  /** Characters of one text or key. */
  textCharacters: 10_000,
  /** Characters of a name or an id; a longer one is none, and a frame with a longer session id is not read. */
  nameCharacters: 500,
  /** Characters of the type of an event, of a tag, of a state's id. */
  typeCharacters: 1000,
  /** Transitions of a microstep, targets of a transition, running timers. */
  listed: 100,
  /** States of an actor, and tags, that the list of actors tells. */
  leaves: 64,
  /** Characters of them, together. */
  leafCharacters: 2000,

  // What is kept in sum; the oldest makes room.
  recordsPerActor: 10_000,
  records: 50_000,
  /** Bytes of all records. */
  bytes: 16 * MIB,
  /** Those that have ended make room first. */
  actors: 2000,
  /** Messages between actors. */
  messages: 5000,
  /** Bytes of all messages. */
  messageBytes: 4 * MIB,
  /** Characters of one definition; a longer one is not kept. */
  definitionCharacters: 512 * KIB,
  /** Bytes of all definitions; one that does not fit is not kept. */
  definitionBytes: 8 * MIB,

  // What a page is told, and may ask.
  /** Bytes of what a page asks at once; more ends its connection. */
  askBytes: 4 * KIB,
  /** Bytes that a page has not read yet, from which it gets no more. */
  slowBytes: 256 * KIB,
  /** Bytes of the actors in one message; the others follow in the next one. */
  actorsBytes: 256 * KIB,
  /** Bytes of the records of the selected actor in one message; the oldest are left out. */
  historyBytes: 2 * MIB,
};

export type Limits = { readonly [K in keyof typeof defaultLimits]: number };
