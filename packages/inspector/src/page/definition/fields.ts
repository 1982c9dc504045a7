/** JSON of unknown structure: each of these functions returns what it can read of a value, and never throws. */
export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

/** One or many: XState accepts both nearly everywhere. */
export function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The name of a guard, an action or an actor: on the wire, functions are `{type}`. */
export function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return text(value);
  const { type, id, config } = fields(value);
  const name = text(type) ?? text(id) ?? text(fields(config)['id']);
  return name ?? (value === undefined || value === null ? undefined : 'inline');
}

export function namesOf(value: unknown): string[] {
  return list(value).flatMap((item) => nameOf(item) ?? []);
}

const MAX_NAME = 200;
const MAX_NAMES = 30;

/** Cuts a text to a readable length. */
export function short(value: string, most = MAX_NAME): string {
  return value.length > most ? `${value.slice(0, most)}…` : value;
}

/** Cuts a list of names to a readable number. */
export function few(names: readonly string[]): string[] {
  const rest = names.length - MAX_NAMES;
  const shown = names.slice(0, MAX_NAMES).map((name) => short(name));
  return rest > 0 ? [...shown, `${rest} more`] : shown;
}
