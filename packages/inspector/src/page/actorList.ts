import type { ActorSummary } from '../protocol.js';
import { byId, html, setText } from './elements.js';
import { VirtualList } from './virtualList.js';

const ROW_PX = 46;

/** The list of actors on the left: those that match the filter, children below their parents. */
export class ActorList {
  readonly #list: VirtualList<ActorSummary>;
  readonly #filter = byId('filter', HTMLInputElement);
  readonly #ended = byId('ended', HTMLInputElement);
  readonly #depths = new Map<string, number>();
  /** The apps that have a top-level actor, by the name of the actor. */
  readonly #producers = new Map<string, Set<string>>();

  constructor(onSelect: (actor: ActorSummary) => void, onChange: () => void) {
    this.#list = new VirtualList({
      host: byId('list'),
      label: 'Actors',
      rowHeight: ROW_PX,
      keyOf: ({ key }) => key,
      fill: (row, actor) => this.#fill(row, actor),
      onSelect,
    });
    this.#filter.addEventListener('input', onChange);
    this.#ended.addEventListener('change', onChange);
  }

  show(actors: ReadonlyMap<string, ActorSummary>, selected: string | undefined): void {
    const words = this.#filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const ordered = this.#inOrder(actors);
    this.#producers.clear();
    for (const { name, producer, parent } of actors.values()) {
      if (parent !== undefined) continue;
      const known = this.#producers.get(name);
      if (known) known.add(producer);
      else this.#producers.set(name, new Set([producer]));
    }
    let ended = 0;
    const shown = ordered.filter((actor) => {
      const hasEnded = actor.status !== 'active' && actor.parent !== undefined && !hasFailed(actor);
      if (hasEnded) ended += 1;
      if (hasEnded && !this.#ended.checked && actor.key !== selected) return false;
      const text = textOf(actor);
      return words.every((word) => text.includes(word));
    });
    this.#list.show(shown, selected);
    setText(
      byId('shown'),
      shown.length === actors.size ? `${actors.size}` : `${shown.length} of ${actors.size}`,
    );
    setText(byId('ended-label'), `ended children (${ended})`);
  }

  reveal(key: string): void {
    this.#list.reveal(key);
  }

  #inOrder(actors: ReadonlyMap<string, ActorSummary>): ActorSummary[] {
    const children = new Map<string | undefined, ActorSummary[]>();
    for (const actor of actors.values()) {
      const parent =
        actor.parent !== undefined && actors.has(actor.parent) ? actor.parent : undefined;
      const group = children.get(parent);
      if (group) group.push(actor);
      else children.set(parent, [actor]);
    }
    const ordered: ActorSummary[] = [];
    this.#depths.clear();
    // Without recursion, and each actor once: in invalid data a parent may be its own descendant, or have a thousand
    // ancestors.
    const visit = (first: readonly ActorSummary[]) => {
      const waiting = first.toReversed().map((actor) => ({ actor, depth: 0 }));
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const { actor, depth } = next;
        if (this.#depths.has(actor.key)) continue;
        this.#depths.set(actor.key, depth);
        ordered.push(actor);
        for (const child of (children.get(actor.key) ?? []).toReversed()) {
          waiting.push({ actor: child, depth: depth + 1 });
        }
      }
    };
    visit(children.get(undefined) ?? []);
    visit([...actors.values()]);
    return ordered;
  }

  /** Identifies the process of an actor, if several have a top-level actor with its name. */
  #processOf({ name, app, producer, parent, isUsed }: ActorSummary): string {
    const producers = parent === undefined && isUsed ? this.#producers.get(name) : undefined;
    if (producers === undefined || producers.size < 2) return '';
    const { name: program = '', version, pid } = app ?? {};
    const parts = [program, version, pid === undefined ? undefined : String(pid)].filter(Boolean);
    return ` · ${parts.join(' ') || producer}`;
  }

  #fill(row: HTMLElement, actor: ActorSummary): void {
    if (row.firstChild === null) {
      row.append(
        html('span', { class: 'dot' }),
        html('span', { class: 'name' }),
        html('span', { class: 'steps' }),
        html('span', { class: 'where' }),
        html('span', { class: 'tags' }),
      );
    }
    const [, name, steps, where, tags] = row.children as unknown as [
      Element,
      Element,
      Element,
      Element,
      Element,
    ];
    // A failure stays visible after its app has disconnected.
    const state = actor.isConnected || hasFailed(actor) ? actor.status : 'gone';
    if (row.dataset['state'] !== state) row.dataset['state'] = state;
    const indent = String(Math.min(this.#depths.get(actor.key) ?? 0, 4));
    if (row.dataset['depth'] !== indent) row.dataset['depth'] = indent;
    setText(name, actor.name + this.#processOf(actor));
    const tip = tipOf(actor);
    if (row.title !== tip) row.title = tip;
    setText(steps, actor.steps > 0 ? compact(actor.steps) : '');
    setText(where, whereOf(actor));
    setText(tags, actor.tags.join(' · '));
  }
}

/** True if the actor failed and is not part of another one's work: a promise's failure is handled by its parent. */
export function hasFailed({ status, isMachine, parent }: ActorSummary): boolean {
  return status === 'error' && (isMachine || parent === undefined);
}

function tipOf({ name, producer, app, sessionId }: ActorSummary): string {
  const { name: program = '', version, pid } = app ?? {};
  const of = [program, version, pid === undefined ? undefined : `pid ${pid}`]
    .filter(Boolean)
    .join(' ');
  return `${name}\n${of || producer} · ${sessionId}`;
}

export function whereOf({
  states,
  status,
  isMachine,
  isConnected,
  isUsed,
  parent,
}: ActorSummary): string {
  const gone = isConnected ? '' : ' (app gone)';
  if (!isUsed && parent === undefined && status === 'active') return `never used${gone}`;
  return (isMachine && states.length > 0 ? states.join(', ') : status) + gone;
}

function textOf(actor: ActorSummary): string {
  const { name, sessionId, states, tags, status, producer, isConnected, app } = actor;
  const of = [app?.name ?? '', app?.version ?? '', String(app?.pid ?? '')];
  return [name, sessionId, producer, ...of, ...states, ...tags, status, isConnected ? '' : 'gone']
    .join(' ')
    .toLowerCase();
}

export function compact(count: number): string {
  return count < 10_000 ? String(count) : `${(count / 1000).toFixed(count < 100_000 ? 1 : 0)}k`;
}
