const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Every limit of the server with its default. Five of them are options of `startInspector`; the others are fixed.
 * docs/security.md cites this table row by row.
 */
export const defaultLimits = {
  // Limits on clients.
  /** Maximum number of connections without a token; the oldest is closed for a new one. */
  strangers: 256,
  /** Maximum number of connected apps; a further one is answered 503. */
  apps: 200,
  /** Maximum number of open pages; a further one is answered 503. */
  pages: 8,
  /** How long a client without a token may take for a request, in milliseconds. */
  requestMs: 10_000,

  // Limits on what an app sends.
  /** Maximum number of bytes of one frame; a larger one ends that app's connection. */
  maxFrameBytes: 4 * MIB,
  /** Maximum number of bytes of incomplete frames of all apps together; the app that exceeds it is disconnected. */
  pendingBytes: 16 * MIB,
  /** Maximum number of values (objects, lists, texts, numbers) in one frame; a frame with more is not read. */
  frameValues: 50_000,

  // Limits on what is stored of one frame; the rest is replaced by a mark.
  /** Maximum depth of objects and lists in a context, event, output, error or definition. */
  depth: 200,
  /** Maximum number of values in a record. */
  recordValues: 10_000,
  /** Maximum number of characters of all texts and keys in a record. */
  recordCharacters: 128 * KIB,
  /** Maximum number of characters of one text or key. */
  textCharacters: 10_000,
  /**
   * Maximum number of characters of a name or an id; a longer one is ignored, and a frame with a longer session id is
   * not read.
   */
  nameCharacters: 500,
  /** Maximum number of characters of the type of an event, of a tag, of a state's id. */
  typeCharacters: 1000,
  /** Maximum number of transitions of a microstep, targets of a transition, running timers. */
  listed: 100,
  /** Maximum number of states of an actor, and of tags, in the list of actors. */
  leaves: 64,
  /** Maximum number of characters of these states and tags together. */
  leafCharacters: 2000,

  // Limits on everything stored; the oldest is removed.
  recordsPerActor: 10_000,
  records: 50_000,
  /** Maximum size of all records in bytes. */
  bytes: 16 * MIB,
  /** Maximum number of actors; ended ones are removed first. */
  actors: 2000,
  /** Maximum number of messages between actors. */
  messages: 5000,
  /** Maximum size of all messages in bytes. */
  messageBytes: 4 * MIB,
  /** Maximum number of characters of one definition; a longer one is not stored. */
  definitionCharacters: 512 * KIB,
  /** Maximum size of all definitions in bytes; one that does not fit is not stored. */
  definitionBytes: 8 * MIB,

  // Limits on what a page receives and requests.
  /** Maximum number of bytes of one request of a page; more ends its connection. */
  askBytes: 4 * KIB,
  /** Number of unread bytes from which on a page receives no more. */
  slowBytes: 256 * KIB,
  /** Maximum number of bytes of actors in one message; the others follow in the next one. */
  actorsBytes: 256 * KIB,
  /** Maximum number of bytes of the selected actor's records in one message; the oldest are omitted. */
  historyBytes: 2 * MIB,
};

export type Limits = { readonly [K in keyof typeof defaultLimits]: number };
