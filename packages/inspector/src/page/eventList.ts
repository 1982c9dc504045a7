import { byId, html, setText } from './elements.js';
import type { Step, Steps } from './steps.js';
import { eventOf, placeOf } from './timeline.js';
import { VirtualList } from './virtualList.js';
import { clockTime } from './words.js';

const ROW_PX = 30;

/** Every step as a line: when, which event, where it led. */
export class EventList {
  readonly #list: VirtualList<Step>;
  #isLive = true;

  constructor(onSelect: (step: Step) => void) {
    this.#list = new VirtualList({
      host: byId('events'),
      label: 'Events',
      rowHeight: ROW_PX,
      keyOf: ({ seq }) => String(seq),
      fill: (row, step) => fill(row, step),
      onSelect,
    });
  }

  show(steps: Steps, place: number, isLive: boolean): void {
    const key = String(steps.list[place]?.seq);
    this.#list.show(steps.list, key);
    if (isLive || this.#isLive) this.#list.reveal(key);
    this.#isLive = isLive;
  }

  reveal(step: Step | undefined): void {
    if (step) this.#list.reveal(String(step.seq));
  }
}

function fill(row: HTMLElement, step: Step): void {
  if (row.firstChild === null) {
    row.append(
      html('span', { class: 'at' }),
      html('span', { class: 'type' }),
      html('span', { class: 'where' }),
    );
  }
  const [at, type, where] = [...row.children] as [Element, Element, Element];
  setText(at, clockTime(step.at).slice(3));
  setText(type, eventOf(step));
  setText(where, placeOf(step));
  const kind = step.event.type.startsWith('xstate.error')
    ? 'bad'
    : step.edges.length > 0
      ? 'moved'
      : '';
  if (row.dataset['kind'] !== kind) row.dataset['kind'] = kind;
}
