import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { ActorRecord } from '../protocol.js';
import type { TrackedActor } from './actor.js';
import { parseFrame } from './frame.js';
import { isFields } from './frameReader.js';
import type { History } from './history.js';
import { parseJson } from './json.js';
import type { Limits } from './limits.js';
import { redactedDefinition, redactedEvent, redactedSnapshot } from './redacted.js';
import { shown } from './shown.js';

const HEAD = '@schmoozer.recording';
const VERSION = 1;

/** A recording cannot be opened; the message names the file and the reason. */
export class RecordingError extends Error {
  /** Stable, unlike the message. */
  readonly code = 'ERR_RECORDING';

  constructor(file: string, why: string) {
    super(`${shown(basename(file))} cannot be opened: ${why}`);
    this.name = 'RecordingError';
  }
}

/**
 * Yields everything stored, as lines of JSON in the order of arrival: the wire's frames, each with its app. It contains
 * only values with names that `schmoozer/inspect` sends by default, and not the token.
 */
export function* recordingOf(history: History): Generator<string> {
  yield line({ type: HEAD, version: VERSION, at: Date.now() });
  const actors = [...history.actors.values()];
  const records = actors
    .flatMap((actor) => [...actor.records].map(({ seq, json }) => ({ actor, seq, json })))
    .toSorted((a, b) => a.seq - b.seq);
  const known = new Set<TrackedActor>();
  for (const { actor, json } of records) {
    const record = JSON.parse(json) as ActorRecord;
    // Its registration may have been removed.
    if (!known.has(actor) && record.kind !== 'actor') yield line(actorFrame(actor, record.at, {}));
    known.add(actor);
    yield line(frameOf(actor, record));
  }
  for (const { status, producer, sessionId } of actors) {
    // XState reports a child's end by its parent's snapshot, whose children are not stored.
    if (status === 'stopped') yield line({ type: '@schmoozer.stopped', producer, sessionId });
  }
}

/**
 * Reads a recording into a history.
 *
 * @throws RecordingError
 */
export async function readRecording(file: string, history: History, limits: Limits): Promise<void> {
  let count = 0;
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  try {
    for await (const text of lines) {
      count += 1;
      if (text.length > limits.maxFrameBytes)
        throw new RecordingError(file, `line ${count} is too long`);
      if (text !== '') take(text, count, file, history, limits);
    }
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new RecordingError(file, (error as NodeJS.ErrnoException).code ?? 'an error');
  }
  if (count === 0) throw new RecordingError(file, 'it is empty');
}

function take(text: string, count: number, file: string, history: History, limits: Limits): void {
  const fields = parseJson(text);
  if (!isFields(fields)) throw new RecordingError(file, `line ${count} is not a JSON object`);
  if (count === 1) {
    const { type, version } = fields;
    if (type !== HEAD) throw new RecordingError(file, 'it is not a recording of this inspector');
    if (version === VERSION) return;
    throw new RecordingError(
      file,
      `its version is ${shown(version)}, this inspector reads ${VERSION}`,
    );
  }
  const producer =
    typeof fields['producer'] === 'string' ? fields['producer'].slice(0, 100) : 'app';
  if (fields['type'] === '@schmoozer.stopped') {
    history.actors.get(`${producer}/${String(fields['sessionId'])}`)?.stop();
    return;
  }
  const frame = parseFrame(text, 0, limits);
  if (frame === undefined || frame.kind === 'missed') {
    throw new RecordingError(file, `line ${count} is not a frame`);
  }
  history.take(producer, frame);
}

function frameOf(actor: TrackedActor, record: ActorRecord): object {
  const { at } = record;
  const base = {
    producer: actor.producer,
    sessionId: actor.sessionId,
    rootId: actor.rootId,
    createdAt: at,
  };
  if (record.kind === 'event') {
    const { event, from } = record;
    const sourceId = from?.slice(actor.producer.length + 1);
    return { ...base, type: '@xstate.event', sourceId, event: redactedEvent(event) };
  }
  const snapshot = redactedSnapshot(record.snapshot);
  const shared = { ...base, snapshot, _after: record.after };
  switch (record.kind) {
    case 'actor':
      return { ...actorFrame(actor, at, snapshot), _after: record.after };
    case 'snapshot':
      return {
        ...shared,
        type: '@xstate.snapshot',
        event: redactedEvent(record.event),
        _actions: record.actions,
        _emitted: record.emitted?.map(redactedEvent),
      };
    case 'microstep':
      return { ...shared, type: '@xstate.microstep', _transitions: record.transitions };
  }
}

function actorFrame(actor: TrackedActor, at: number, snapshot: object): object {
  const { producer, sessionId, rootId, name, parent, definition, app, engine } = actor;
  return {
    producer,
    sessionId,
    rootId,
    createdAt: at,
    type: '@xstate.actor',
    name,
    parentId: parent?.slice(producer.length + 1),
    definition: redactedDefinition(definition),
    snapshot,
    _app: app,
    _engine: engine,
  };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
