import { byId, html, setText } from './elements.js';
import type { Step, Steps } from './steps.js';
import { eventOf, moveOf } from './timeline.js';
import { VirtualList } from './virtualList.js';
import { clockTime } from './words.js';

const ROW_PX = 30;
/** Number of characters of a step's data that are searched. */
const MOST_SEARCHED = 5000;

/** Which steps are listed. */
type Kind = 'all' | 'errors' | 'moves' | 'timers' | 'actors' | 'emitted';

const passes: Readonly<Record<Kind, (step: Step) => boolean>> = {
  all: () => true,
  errors: ({ isFailure }) => isFailure,
  moves: ({ changed }) => changed.length > 0,
  timers: ({ event }) => event.type.startsWith('xstate.after.'),
  actors: ({ event }) => /^xstate\.(?:done|error|snapshot)\./.test(event.type),
  emitted: ({ emitted }) => emitted.length > 0,
};

/** A line for every step: time, event, target; for all steps, or for those that match the filters. */
export class EventList {
  readonly #list: VirtualList<Step>;
  readonly #search = byId('event-filter', HTMLInputElement);
  readonly #kind = byId('event-kind', HTMLSelectElement);
  readonly #from = byId('event-from', HTMLSelectElement);
  readonly #texts = new WeakMap<Step, string>();
  readonly #nameOf: (key: string) => string;
  #isLive = true;
  #first: Step | undefined;
  #senders = '';

  constructor(
    onSelect: (step: Step) => void,
    onChange: () => void,
    nameOf: (key: string) => string,
  ) {
    this.#nameOf = nameOf;
    this.#list = new VirtualList({
      host: byId('events'),
      label: 'Events',
      rowHeight: ROW_PX,
      keyOf: ({ seq }) => String(seq),
      fill: (row, step) => fill(row, step, step === this.#first),
      onSelect,
    });
    this.#search.addEventListener('input', onChange);
    this.#kind.addEventListener('change', onChange);
    this.#from.addEventListener('change', onChange);
  }

  show(steps: Steps, place: number, isLive: boolean): void {
    const key = String(steps.list[place]?.seq);
    [this.#first] = steps.list;
    this.#showSenders(steps.list);
    const shown = this.#filtered(steps.list);
    this.#list.show(shown, key);
    setText(
      byId('event-count'),
      shown.length === steps.list.length ? '' : `${shown.length} of ${steps.list.length}`,
    );
    if (isLive || this.#isLive) this.#list.reveal(key);
    this.#isLive = isLive;
  }

  #filtered(list: readonly Step[]): readonly Step[] {
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = passes[this.#kind.value as Kind] ?? passes.all;
    const from = this.#from.value;
    if (words.length === 0 && kind === passes.all && from === '') return list;
    return list.filter((step) => {
      if (!kind(step) || (from !== '' && this.#senderOf(step) !== from)) return false;
      return words.every((word) => this.#textOf(step).includes(word));
    });
  }

  /** Successive actors with the same name count as one sender. */
  #senderOf({ from, event }: Step): string {
    if (from !== undefined) return this.#nameOf(from);
    return event.type.startsWith('xstate.') || event.type === '' ? 'itself' : 'outside';
  }

  #showSenders(list: readonly Step[]): void {
    const names = [...new Set(list.map((step) => this.#senderOf(step)))].slice(0, 100);
    if (this.#from.value !== '' && !names.includes(this.#from.value)) names.push(this.#from.value);
    const key = names.join('\n');
    if (key === this.#senders) return;
    this.#senders = key;
    const { value } = this.#from;
    const options = names.map((name) => html('option', { value: name }, `from ${name}`));
    this.#from.replaceChildren(html('option', { value: '' }, 'from anyone'), ...options);
    this.#from.value = value;
  }

  #textOf(step: Step): string {
    const known = this.#texts.get(step);
    if (known !== undefined) return known;
    const { event, snapshot, emitted, actions } = step;
    const data = JSON.stringify([event, emitted, actions, snapshot.tags, snapshot.error]);
    const text = [
      eventOf(step),
      moveOf(step, true),
      this.#senderOf(step),
      data.slice(0, MOST_SEARCHED),
    ]
      .join(' ')
      .toLowerCase();
    this.#texts.set(step, text);
    return text;
  }
}

function fill(row: HTMLElement, step: Step, isFirst: boolean): void {
  if (row.firstChild === null) {
    row.append(
      html('span', { class: 'at' }),
      html('span', { class: 'type' }),
      html('span', { class: 'where' }),
    );
  }
  const [at, type, where] = [...row.children] as [Element, Element, Element];
  setText(at, clockTime(step.at));
  setText(type, eventOf(step));
  const move = moveOf(step, isFirst);
  setText(where, move);
  if (row.dataset['seq'] !== String(step.seq)) {
    row.dataset['seq'] = String(step.seq);
    row.title = `${new Date(step.at).toString()}\n${eventOf(step)} → ${move}`;
  }
  const kind = step.isFailure ? 'bad' : step.edges.length > 0 ? 'moved' : '';
  if (row.dataset['kind'] !== kind) row.dataset['kind'] = kind;
}
