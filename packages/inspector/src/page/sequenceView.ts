import type { Message } from '../protocol.js';
import { byId, html, svg } from './elements.js';
import { clockTime, wordsOf } from './words.js';

const ROW = 30;
const LEFT = 92;
/** A readable number of messages; older ones are in the events of each actor. */
const MOST_MESSAGES = 80;
const MOST_LINES = 12;
const OUTSIDE = 'outside';

/** Successive actors with the same name share a line. */
export interface Lifeline {
  readonly id: string;
  readonly title: string;
}

type Arrow = Omit<Message, 'from'> & { readonly from: string };

/** Lifelines of the selected actor and its family, with the messages between them. */
export class SequenceView {
  readonly #host = byId('sequence');
  #shown = '';

  /** Shows messages in order, up to the displayed moment. */
  show(messages: readonly Message[], actor: string, lineOf: (key: string) => Lifeline): void {
    const titles = new Map([[OUTSIDE, OUTSIDE]]);
    const idOf = (key: string) => {
      const { id, title } = lineOf(key);
      titles.set(id, title);
      return id;
    };
    const selected = idOf(actor);
    const recent = messages.slice(-MOST_MESSAGES).map(({ from, to, ...rest }): Arrow => {
      return { ...rest, to: idOf(to), from: from === undefined ? OUTSIDE : idOf(from) };
    });
    const key = `${selected} ${recent[0]?.seq} ${recent.at(-1)?.seq} ${this.#host.clientWidth}`;
    if (key === this.#shown) return;
    this.#shown = key;
    if (recent.length === 0) {
      this.#host.replaceChildren(html('p', { class: 'empty' }, 'No message yet.'));
      return;
    }
    const lines = lifelinesOf(recent, selected);
    const room = (this.#host.clientWidth - LEFT - 12) / lines.length;
    const column = Math.min(260, Math.max(132, room));
    const place = new Map(lines.map((line, i) => [line, LEFT + column * i + column / 2]));
    const drawn = recent.filter(({ from, to }) => place.has(from) && place.has(to));
    const hidden = recent.length - drawn.length;
    const width = LEFT + column * lines.length;
    const height = drawn.length * ROW + 24;
    const title = (id: string) => titles.get(id) ?? id;

    const heads = svg('svg', { class: 'heads', width, height: 34, 'aria-hidden': 'true' });
    const body = svg('svg', { class: 'body', width, height, role: 'img' });
    body.setAttribute(
      'aria-label',
      `${drawn.length} messages between ${lines.map(title).join(', ')}`,
    );
    body.append(svg('defs', {}, arrowHead()));
    for (const [id, x] of place) {
      heads.append(
        svg('rect', {
          class: id === selected ? 'own' : 'other',
          x: x - column / 2 + 6,
          y: 4,
          width: column - 12,
          height: 25,
          rx: 7,
        }),
        svg('text', { x, y: 21, 'text-anchor': 'middle' }, short(title(id), 18)),
      );
      body.append(svg('line', { class: 'life', x1: x, x2: x, y1: 0, y2: height }));
    }
    drawn.forEach((message, i) => {
      const y = i * ROW + 26;
      const from = place.get(message.from) ?? 0;
      body.append(this.#message(message, from, place.get(message.to) ?? 0, y, title));
    });
    const { scrollLeft } = this.#host;
    const note = `${hidden} of ${recent.length} messages are between actors that do not fit here.`;
    this.#host.replaceChildren(
      heads,
      body,
      ...(hidden > 0 ? [html('p', { class: 'note' }, note)] : []),
    );
    this.#host.scrollTo(scrollLeft, this.#host.scrollHeight);
  }

  #message(
    { at, type, from, to }: Arrow,
    x1: number,
    x2: number,
    y: number,
    title: (line: string) => string,
  ): SVGGElement {
    const isSelf = x1 === x2;
    const end = x2 - 5 * Math.sign(x2 - x1);
    const d = isSelf ? `M${x1} ${y - 8}h18v10h-13` : `M${x1} ${y}L${end} ${y}`;
    const text = isSelf
      ? svg('text', { x: x1 + 24, y: y + 1 }, short(wordsOf(type), 22))
      : svg(
          'text',
          { x: (x1 + x2) / 2, y: y - 6, 'text-anchor': 'middle' },
          short(wordsOf(type), 24),
        );
    return svg(
      'g',
      { class: 'message', 'data-type': type, 'data-from': title(from), 'data-to': title(to) },
      svg('title', {}, `${type}\n${title(from)} → ${title(to)}`),
      svg('text', { class: 'at', x: 8, y: y + 1 }, clockTime(at)),
      svg('path', { d, 'marker-end': 'url(#sequence-head)' }),
      text,
    );
  }
}

function arrowHead(): SVGMarkerElement {
  const size = { markerWidth: 7, markerHeight: 7, markerUnits: 'userSpaceOnUse' };
  return svg(
    'marker',
    { id: 'sequence-head', viewBox: '0 0 10 10', refX: 6, refY: 5, ...size, orient: 'auto' },
    svg('path', { d: 'M0 1L9 5L0 9z' }),
  );
}

/** In the order of their first messages; if there are too many, the busiest. */
function lifelinesOf(messages: readonly Arrow[], selected: string): string[] {
  const counts = new Map<string, number>();
  for (const { from, to } of messages) {
    counts.set(from, (counts.get(from) ?? 0) + 1);
    counts.set(to, (counts.get(to) ?? 0) + 1);
  }
  if (counts.size <= MOST_LINES) return [...counts.keys()];
  const weight = (line: string) => (line === selected ? Infinity : (counts.get(line) ?? 0));
  const busiest = [...counts.keys()].toSorted((a, b) => weight(b) - weight(a)).slice(0, MOST_LINES);
  return [...counts.keys()].filter((line) => busiest.includes(line));
}

function short(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
