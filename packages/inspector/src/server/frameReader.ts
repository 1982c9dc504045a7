import type { AppInfo, Named, RunningTimer, SnapshotView, TakenTransition } from '../protocol.js';
import { cutText, Cutter } from './cut.js';
import type { Limits } from './limits.js';

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the parts of one frame, within the limits. */
export class FrameReader {
  readonly #limits: Limits;
  /** One for all parts: the size of a snapshot's value reduces what is left for its context. */
  readonly #cutter: Cutter;
  readonly #mayBeCut: boolean;
  #isCut = false;

  constructor(limits: Limits, mayBeCut: boolean) {
    this.#mayBeCut = mayBeCut;
    const { depth, textCharacters, recordValues, recordCharacters } = limits;
    this.#limits = limits;
    this.#cutter = new Cutter({
      depth,
      textCharacters,
      values: recordValues,
      characters: recordCharacters,
    });
  }

  get isCut(): boolean {
    return this.#isCut || this.#cutter.isCut;
  }

  /** Returns undefined for a long name, because its beginning could be another name. */
  name(value: unknown): string | undefined {
    const { nameCharacters } = this.#limits;
    return typeof value === 'string' && value !== '' && value.length <= nameCharacters
      ? value
      : undefined;
  }

  event(value: unknown): Named {
    if (!isFields(value) || typeof value['type'] !== 'string') {
      return { type: this.#type(typeof value === 'string' ? value : '') };
    }
    const type = this.#type(value['type']);
    return { ...(this.#copy({ ...value, type }) as Named), type };
  }

  /** Reads only the parts that are shown. The parts that contain the actor's state come first. */
  snapshot(fields: unknown): SnapshotView {
    if (!isFields(fields)) return {};
    const { status, value, context, tags, output, error } = fields;
    const copy = (field: string, given: unknown) =>
      given === undefined ? {} : { [field]: this.#copy(given) };
    return {
      ...(typeof status === 'string' && { status: this.#type(status) }),
      ...copy('value', value),
      ...(Array.isArray(tags) && { tags: this.#tags(tags) }),
      ...copy('error', error),
      ...copy('output', output),
      ...copy('context', context),
    };
  }

  /** Returns the whole text or nothing: half a definition is useless. */
  definition(value: unknown): { definition: string | undefined; lostDefinition?: string } {
    const { depth, frameValues, definitionCharacters } = this.#limits;
    let text: string | undefined;
    if (typeof value === 'string') text = value;
    else if (isFields(value)) {
      const room = { depth, textCharacters: definitionCharacters, values: frameValues };
      const cutter = new Cutter({ ...room, characters: definitionCharacters });
      text = JSON.stringify(cutter.copy(value));
      this.#isCut ||= cutter.isCut;
    }
    if (text === undefined || text.length <= definitionCharacters) return { definition: text };
    this.#isCut = true;
    const lostDefinition = `its definition has ${text.length} characters; up to ${definitionCharacters} are read`;
    return { definition: undefined, lostDefinition };
  }

  transitions(value: unknown): TakenTransition[] {
    return this.#listed(value).flatMap((item) => {
      if (!isFields(item) || typeof item['source'] !== 'string') return [];
      const { eventType, source, target, guard } = item;
      const targets = this.#listed(target).filter((id) => typeof id === 'string');
      return [
        {
          eventType: typeof eventType === 'string' ? this.#type(eventType) : '',
          source: this.#type(source),
          target: targets.map((id) => this.#type(id)),
          ...(typeof guard === 'string' && { guard: this.#type(guard) }),
        },
      ];
    });
  }

  timers(value: unknown): readonly RunningTimer[] | undefined {
    if (!Array.isArray(value)) return undefined;
    return this.#listed(value).flatMap((timer) => {
      if (!isFields(timer)) return [];
      const { eventType, delayMs, startedAt } = timer;
      if (typeof eventType !== 'string' || !isNumber(delayMs)) return [];
      const start = isNumber(startedAt) ? { startedAt } : {};
      return [{ eventType: this.#type(eventType), delayMs, ...start }];
    });
  }

  /** Names; undefined if there are none. */
  names(value: unknown): readonly string[] | undefined {
    const names = this.#listed(value).filter((name) => typeof name === 'string');
    return names.length > 0 ? names.map((name) => this.#type(name)) : undefined;
  }

  events(value: unknown): readonly Named[] | undefined {
    const events = this.#listed(value).map((event) => this.event(event));
    return events.length > 0 ? events : undefined;
  }

  app(value: unknown): AppInfo | undefined {
    if (!isFields(value)) return undefined;
    const [name, version] = [this.name(value['name']), this.name(value['version'])];
    const { pid } = value;
    return {
      ...(name !== undefined && { name }),
      ...(version !== undefined && { version }),
      ...(isNumber(pid) && { pid }),
    };
  }

  #copy(value: unknown): unknown {
    return this.#mayBeCut ? this.#cutter.copy(value) : value;
  }

  #tags(tags: readonly unknown[]): string[] {
    const { leaves } = this.#limits;
    const texts = tags.filter((tag) => typeof tag === 'string');
    if (texts.length > leaves) this.#isCut = true;
    return texts.slice(0, leaves).map((tag) => this.#type(tag));
  }

  #listed(value: unknown): readonly unknown[] {
    const { listed } = this.#limits;
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    if (items.length > listed) this.#isCut = true;
    return items.slice(0, listed);
  }

  /** Cuts the type of an event: its beginning says enough. */
  #type(type: string): string {
    const { typeCharacters } = this.#limits;
    if (type.length <= typeCharacters) return type;
    this.#isCut = true;
    return `${cutText(type, typeCharacters)}...`;
  }
}

/** JSON has no Infinity, but `1e999` is parsed as one. */
function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
