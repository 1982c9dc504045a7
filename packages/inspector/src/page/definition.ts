/** A machine's config as it comes over the wire: JSON, keys in any order, functions as `{type}`. */

export type StateType = 'atomic' | 'compound' | 'parallel' | 'final' | 'history';

export interface ChartState {
  /** Dotted path from the top; '' is the machine itself. */
  readonly path: string;
  readonly id: string;
  readonly name: string;
  readonly type: StateType;
  readonly parent: ChartState | undefined;
  readonly children: ChartState[];
  readonly initial: string | undefined;
  readonly isDeepHistory: boolean;
  readonly description: string;
  readonly tags: readonly string[];
  readonly invokes: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** In the order in which a machine tries them. */
  readonly edges: ChartEdge[];
}

export type EdgeKind = 'event' | 'after' | 'always' | 'done' | 'error';

export interface ChartEdge {
  /** Its place in `Chart.edges`. */
  readonly index: number;
  readonly source: ChartState;
  readonly targets: readonly ChartState[];
  /** As XState names it; '' for `always`. */
  readonly eventType: string;
  readonly kind: EdgeKind;
  /** What is written at the arrow. */
  readonly label: string;
  readonly guard: string | undefined;
  readonly actions: readonly string[];
  readonly description: string;
  /** Of an `after`: its name or its milliseconds. */
  readonly delay: string | undefined;
}

export interface Chart {
  readonly root: ChartState;
  readonly states: ReadonlyMap<string, ChartState>;
  readonly ids: ReadonlyMap<string, ChartState>;
  readonly edges: readonly ChartEdge[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a definition; whatever is not understood in it is left out, never an error. */
export function chartOf(definition: string | null, name: string): Chart {
  const config = parse(definition);
  const states = new Map<string, ChartState>();
  const ids = new Map<string, ChartState>();
  const edges: ChartEdge[] = [];
  const machineId = text(config['id']) ?? '(machine)';
  const configs = new Map<ChartState, Fields>();

  const add = (key: string, own: Fields, parent: ChartState | undefined): ChartState => {
    const path = parent ? (parent.path === '' ? key : `${parent.path}.${key}`) : '';
    const inner = fields(own['states']);
    const state: ChartState = {
      path,
      id: text(own['id']) ?? (path === '' ? machineId : `${machineId}.${path}`),
      name: parent ? key : (text(own['id']) ?? name),
      type: typeOf(own, inner),
      parent,
      children: [],
      initial: initialOf(own),
      isDeepHistory: own['history'] === 'deep',
      description: text(own['description']) ?? '',
      tags: list(own['tags']).filter((tag) => typeof tag === 'string'),
      invokes: [],
      entry: namesOf(own['entry']),
      exit: namesOf(own['exit']),
      edges: [],
    };
    states.set(path, state);
    ids.set(state.id, state);
    configs.set(state, own);
    for (const [childKey, child] of Object.entries(inner)) {
      state.children.push(add(childKey, fields(child), state));
    }
    return state;
  };
  const root = add('', config, undefined);
  // Targets may lead anywhere: edges come when all states are known.
  for (const [state, own] of configs) addEdges(state, own, ids, edges);
  for (const state of states.values()) inReadingOrder(state);
  return { root, states, ids, edges };
}

function parse(definition: string | null): Fields {
  try {
    return fields(JSON.parse(definition ?? '{}'));
  } catch {
    return {};
  }
}

function typeOf(own: Fields, inner: Fields): StateType {
  const type = own['type'];
  if (type === 'final' || type === 'history' || type === 'parallel') return type;
  if (own['history'] !== undefined && own['history'] !== false) return 'history';
  return Object.keys(inner).length > 0 ? 'compound' : 'atomic';
}

function initialOf(own: Fields): string | undefined {
  const { initial } = own;
  const target = typeof initial === 'object' ? list(fields(initial)['target'])[0] : initial;
  return typeof target === 'string' ? target.replace(/^\./, '') : undefined;
}

function addEdges(
  source: ChartState,
  own: Fields,
  ids: ReadonlyMap<string, ChartState>,
  edges: ChartEdge[],
): void {
  const add = (
    config: unknown,
    eventType: string,
    kind: EdgeKind,
    what: string,
    delay?: string,
  ) => {
    for (const branch of list(config)) {
      const it: Fields = typeof branch === 'string' ? { target: branch } : fields(branch);
      const targets = list(it['target']).flatMap((target) => {
        const state = typeof target === 'string' ? resolve(source, target, ids) : undefined;
        return state ? [state] : [];
      });
      const guard = nameOf(it['guard'] ?? it['cond']);
      const edge: ChartEdge = {
        index: edges.length,
        source,
        targets,
        eventType,
        kind,
        label: what + (guard === undefined ? '' : ` [${guard}]`),
        guard,
        actions: namesOf(it['actions']),
        description: text(it['description']) ?? '',
        delay,
      };
      edges.push(edge);
      source.edges.push(edge);
    }
  };

  for (const [type, config] of Object.entries(fields(own['on']))) {
    const [, kind, from] = /^xstate\.(done|error)\.(?:actor|state)\.(.+)$/.exec(type) ?? [];
    if (kind === 'done') add(config, type, 'done', `${from} done`);
    else if (kind === 'error') add(config, type, 'error', `${from} failed`);
    else add(config, type, 'event', type === '*' ? 'any event' : type);
  }
  list(own['invoke']).forEach((entry, i) => {
    const invoke: Fields = typeof entry === 'string' ? { src: entry } : fields(entry);
    const id = text(invoke['id']) ?? `${i}.${source.id}`;
    const shown = text(invoke['id']) ?? nameOf(invoke['src']) ?? id;
    (source.invokes as string[]).push(shown);
    add(invoke['onDone'], `xstate.done.actor.${id}`, 'done', `${shown} done`);
    add(invoke['onError'], `xstate.error.actor.${id}`, 'error', `${shown} failed`);
    add(invoke['onSnapshot'], `xstate.snapshot.${id}`, 'event', `${shown} snapshot`);
  });
  add(own['onDone'], `xstate.done.state.${source.id}`, 'done', 'done');
  for (const [delay, config] of Object.entries(fields(own['after']))) {
    const shown = /^\d+$/.test(delay) ? `${delay} ms` : delay;
    add(config, `xstate.after.${delay}.${source.id}`, 'after', `after ${shown}`, delay);
  }
  add(own['always'], '', 'always', 'always');
}

/** `#id`, `#id.path`, `.child`, `sibling` or `sibling.child`. */
function resolve(
  source: ChartState,
  target: string,
  ids: ReadonlyMap<string, ChartState>,
): ChartState | undefined {
  if (!target.startsWith('#')) {
    return target.startsWith('.')
      ? descend(source, target.slice(1))
      : descend(source.parent ?? source, target);
  }
  const id = target.slice(1);
  const known = ids.get(id);
  if (known) return known;
  // The longest id that it begins with, then a path.
  for (let dot = id.lastIndexOf('.'); dot > 0; dot = id.lastIndexOf('.', dot - 1)) {
    const start = ids.get(id.slice(0, dot));
    if (start) return descend(start, id.slice(dot + 1));
  }
  return undefined;
}

function descend(from: ChartState, path: string): ChartState | undefined {
  let state: ChartState | undefined = from;
  for (const key of path.split('.')) state = state?.children.find(({ name }) => name === key);
  return state;
}

/** Serializers sort keys; the chart reads from the initial state along its arrows. */
function inReadingOrder({ children, initial }: ChartState): void {
  const first = children.find(({ name }) => name === initial) ?? children[0];
  if (first === undefined) return;
  const ordered = new Set([first]);
  for (const state of ordered) {
    for (const inner of [state, ...descendantsOf(state)]) {
      for (const { targets } of inner.edges) {
        for (const target of targets) {
          const next = children.find((child) => isInside(target, child));
          if (next && next.type !== 'final') ordered.add(next);
        }
      }
    }
  }
  children.sort((a, b) => rank(a) - rank(b));
  function rank(state: ChartState): number {
    const place = [...ordered].indexOf(state);
    return place >= 0 ? place : state.type === 'final' ? 2000 : 1000;
  }
}

export function descendantsOf(state: ChartState): ChartState[] {
  return state.children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Whether a state is another one, or lies in it. */
export function isInside(state: ChartState | undefined, outer: ChartState): boolean {
  for (let it = state; it; it = it.parent) if (it === outer) return true;
  return false;
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

/** One or many: XState takes both nearly everywhere. */
function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return text(value);
  const { type, id } = fields(value);
  const name = text(type) ?? text(id) ?? text(fields(fields(value)['config'])['id']);
  return name ?? (value === undefined || value === null ? undefined : 'inline');
}

function namesOf(value: unknown): string[] {
  return list(value).flatMap((item) => nameOf(item) ?? []);
}
