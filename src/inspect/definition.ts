import { cut, type Fields, typeName } from './pick.js';

/** The fields of states and transitions that are sent; all other fields of a definition stay in the process. */
const TEXTS = ['id', 'type', 'history', 'description', 'systemId'];

const known = new WeakMap<object, string>();

/**
 * The chart of a machine as JSON: the names of its states, events, guards, actions, actors, delays and tags, and its
 * descriptions. Every literal value (`context`, `input`, `output`, `params`, `meta`) is replaced by its type.
 *
 * @param fallback replaces a definition that cannot be read
 */
export function definitionOf(logic: object, config: object, fallback: string): string {
  const found = known.get(logic);
  if (found !== undefined) return found;
  let text = fallback;
  try {
    text = JSON.stringify(state(config as Fields));
  } catch {
    // Something that throws here is not a machine's plain definition.
  }
  known.set(logic, text);
  return text;
}

function state(config: Fields): Fields {
  return compact({
    ...texts(config),
    initial:
      typeof config['initial'] === 'object'
        ? transition(config['initial'])
        : name(config['initial']),
    target: name(config['target']),
    tags: list(config['tags'], name),
    context: literal(config['context']),
    output: literal(config['output']),
    meta: literal(config['meta']),
    entry: list(config['entry'], name),
    exit: list(config['exit'], name),
    on: transitions(config['on']),
    after: transitions(config['after']),
    always: list(config['always'], transition),
    onDone: list(config['onDone'], transition),
    invoke: list(config['invoke'], invocation),
    states: each(config['states'], (child) => state(child as Fields)),
  });
}

function transitions(map: unknown): Fields | undefined {
  return each(map, (value) => list(value, transition));
}

function transition(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return name(value);
  const config = value as Fields;
  return compact({
    ...texts(config),
    target: list(config['target'], name),
    guard: name(config['guard']),
    actions: list(config['actions'], name),
    reenter: typeof config['reenter'] === 'boolean' ? config['reenter'] : undefined,
    meta: literal(config['meta']),
  });
}

function invocation(value: unknown): Fields {
  const config = value as Fields;
  return compact({
    ...texts(config),
    src: name(config['src']),
    input: literal(config['input']),
    onDone: list(config['onDone'], transition),
    onError: list(config['onError'], transition),
    onSnapshot: list(config['onSnapshot'], transition),
  });
}

/** Returns a name as it is, or the given name of an inline function. */
function name(value: unknown): unknown {
  if (value === undefined || typeof value === 'string') return value && cut(value);
  if (typeof value === 'function') return { type: cut(value.name) };
  const { type } = Object(value) as Fields;
  return typeof type === 'string' ? { type: cut(type) } : typeName(value);
}

function literal(value: unknown): string | undefined {
  return value === undefined ? undefined : typeName(value);
}

function texts(config: Fields): Fields {
  return Object.fromEntries(
    TEXTS.filter((key) => typeof config[key] === 'string').map((key) => [
      key,
      cut(config[key] as string),
    ]),
  );
}

function list(value: unknown, show: (item: unknown) => unknown): unknown {
  return Array.isArray(value)
    ? value.map((item) => show(item))
    : value === undefined
      ? undefined
      : show(value);
}

function each(map: unknown, show: (item: unknown) => unknown): Fields | undefined {
  if (typeof map !== 'object' || map === null) return undefined;
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, show(item)]));
}

function compact(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
