import { html, setAll } from './elements.js';

export interface ListOptions<T> {
  readonly host: HTMLElement;
  readonly label: string;
  readonly rowHeight: number;
  readonly keyOf: (item: T) => string;
  /** Fills a row, which is reused for other items. */
  readonly fill: (row: HTMLElement, item: T) => void;
  readonly onSelect: (item: T) => void;
}

/**
 * A listbox that creates only the visible rows, so that thousands of items cost as much as a screenful. The list itself
 * has the focus; `aria-activedescendant` identifies the current row.
 */
export class VirtualList<T> {
  readonly #options: ListOptions<T>;
  readonly #box: HTMLElement;
  readonly #space: HTMLElement;
  #items: readonly T[] = [];
  #selected: string | undefined;
  #rows: HTMLElement[] = [];

  constructor(options: ListOptions<T>) {
    this.#options = options;
    this.#space = html('div', { class: 'space', role: 'presentation' });
    this.#box = html('div', {
      class: 'listbox',
      role: 'listbox',
      tabindex: 0,
      'aria-label': options.label,
    });
    this.#box.append(this.#space);
    options.host.append(this.#box);
    this.#box.addEventListener('scroll', () => this.#draw());
    this.#box.addEventListener('keydown', (event) => this.#onKey(event));
    this.#box.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('[role=option]');
      const item = row && this.#items[Number(row.dataset['place'])];
      if (item !== null && item !== undefined) this.#choose(item);
    });
    new ResizeObserver(() => this.#draw()).observe(this.#box);
  }

  show(items: readonly T[], selected: string | undefined): void {
    this.#items = items;
    this.#selected = selected;
    this.#draw();
  }

  /** Scrolls only as far as necessary. */
  reveal(key: string): void {
    const place = this.#items.findIndex((item) => this.#options.keyOf(item) === key);
    if (place < 0) return;
    const { rowHeight } = this.#options;
    const top = place * rowHeight;
    const box = this.#box;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = top + rowHeight - box.clientHeight;
    }
    this.#draw();
  }

  #choose(item: T): void {
    this.#selected = this.#options.keyOf(item);
    this.#options.onSelect(item);
    this.reveal(this.#selected);
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.#items.length - 1;
    const page = Math.max(1, Math.floor(this.#box.clientHeight / this.#options.rowHeight) - 1);
    const place = this.#items.findIndex((item) => this.#options.keyOf(item) === this.#selected);
    const target: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: place < 0 ? last : place - 1,
      PageDown: place + page,
      PageUp: place - page,
      Home: 0,
      End: last,
    };
    const next = target[event.key];
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const item = this.#items[Math.min(last, Math.max(0, next))];
    if (item !== undefined) this.#choose(item);
  }

  #draw(): void {
    const { rowHeight, keyOf, fill, host } = this.#options;
    const box = this.#box;
    this.#space.style.height = `${this.#items.length * rowHeight}px`;
    const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - 2);
    const count = Math.min(this.#items.length - first, Math.ceil(box.clientHeight / rowHeight) + 4);
    while (this.#rows.length < count) {
      const row = html('div', {
        role: 'option',
        class: 'row',
        id: `${host.id}-${this.#rows.length}`,
      });
      this.#rows.push(row);
      this.#space.append(row);
    }
    for (const row of this.#rows.splice(Math.max(0, count))) row.remove();
    let active: string | undefined;
    this.#rows.forEach((row, i) => {
      const place = first + i;
      const item = this.#items[place] as T;
      const isSelected = keyOf(item) === this.#selected;
      row.style.transform = `translateY(${place * rowHeight}px)`;
      setAll(row, {
        'data-place': place,
        'data-key': keyOf(item),
        'aria-posinset': place + 1,
        'aria-setsize': this.#items.length,
        'aria-selected': isSelected ? 'true' : 'false',
      });
      if (isSelected) active = row.id;
      fill(row, item);
    });
    setAll(box, { 'aria-activedescendant': active });
  }
}
