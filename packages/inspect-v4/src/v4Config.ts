import { v4DelayEvent, v4EventName, v5DelayEvent } from './names.js';

type Config = Readonly<Record<string, unknown>>;

/** A chart for XState 4: only names, nothing executable. */
export interface V4Chart {
  readonly config: Config;
  /** The events of its delays, from XState 5's name to XState 4's. */
  readonly delays: ReadonlyMap<string, string>;
}

/** Converts the config of an XState 5 machine for XState 4, and keeps its names and descriptions. */
export function v4Chart(config: object, fallbackId: string): V4Chart {
  const { id } = config as { id?: unknown };
  const machineId = typeof id === 'string' ? id : fallbackId;
  const delays = new Map<string, string>();
  return { config: state(config as Config, machineId, delays), delays };
}

function state(config: Config, id: string, delays: Map<string, string>): Config {
  for (const delay of Object.keys(Object(config['after']) as object)) {
    delays.set(v5DelayEvent(delay, id), v4DelayEvent(delay, id));
  }
  const childId = (key: string, child: Config) =>
    typeof child['id'] === 'string' ? child['id'] : `${id}.${key}`;
  return compact({
    ...texts(config, ['type', 'history', 'description']),
    id,
    initial: initial(config['initial']),
    tags: config['tags'] === undefined ? undefined : all(config['tags']).map(String),
    target: text(config['target']),
    entry: names(config['entry']),
    exit: names(config['exit']),
    on: each(config['on'], transitions, (event) => v4EventName(event, delays)),
    after: each(config['after'], transitions),
    always: config['always'] === undefined ? undefined : transitions(config['always']),
    onDone: config['onDone'] === undefined ? undefined : transitions(config['onDone']),
    invoke: all(config['invoke']).map((it) => invocation(it as Config, id)),
    states: each(config['states'], (child, key) =>
      state(child as Config, childId(key, child as Config), delays),
    ),
  });
}

function invocation(config: Config, stateId: string): Config {
  return compact({
    id: text(config['id']) ?? stateId,
    // An inline actor has no name.
    src: text(config['src']) ?? 'inline',
    onDone: config['onDone'] === undefined ? undefined : transitions(config['onDone']),
    onError: config['onError'] === undefined ? undefined : transitions(config['onError']),
  });
}

function transitions(value: unknown): Config[] {
  return all(value).map((item) => {
    if (typeof item === 'string') return { target: item };
    const config = item as Config;
    const { target } = config;
    return compact({
      ...texts(config, ['description']),
      target: target === undefined ? undefined : all(target).map(String),
      cond: config['guard'] === undefined ? undefined : nameOf(config['guard']),
      actions: names(config['actions']),
    });
  });
}

function initial(value: unknown): string | undefined {
  return typeof value === 'object' ? text((value as Config | null)?.['target']) : text(value);
}

function names(value: unknown): string[] | undefined {
  return value === undefined ? undefined : all(value).map((item) => nameOf(item));
}

/** The name of a guard or an action: a string, the type of an object, or the name of a function. */
function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'function') return value.name || 'inline';
  return text((Object(value) as Config)['type']) ?? 'inline';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(config: Config, keys: readonly string[]): Config {
  return Object.fromEntries(keys.map((key) => [key, text(config[key])]));
}

function all(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function each(
  map: unknown,
  show: (value: unknown, key: string) => unknown,
  rename: (key: string) => string = (key) => key,
): Config | undefined {
  if (map === undefined) return undefined;
  const entries = Object.entries(map as object);
  return Object.fromEntries(entries.map(([key, value]) => [rename(key), show(value, key)]));
}

function compact(config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}
