/** Picks the named own fields that hold a string, a number, a boolean or null; calls no getter. */
export function pick(value: object, names: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of names) {
    const field: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
    if (field === null || ['string', 'number', 'boolean'].includes(typeof field)) {
      // JSON has no representation of Infinity.
      picked[name] = typeof field === 'number' && !Number.isFinite(field) ? String(field) : field;
    }
  }
  return picked;
}
