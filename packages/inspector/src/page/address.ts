import type { Moment } from './store.js';

/** Parses the moment in the `#` part of an address, if there is one. */
export function momentOf(hash: string): Moment | undefined {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const key = query.get('actor');
  const [at = Number.NaN, nth = 0] = (query.get('at') ?? '').split('.').map(Number);
  return key !== null && Number.isFinite(at) && nth >= 0 ? { key, at, nth } : undefined;
}

/** Formats a moment for an address. */
export function hashOf(moment: Moment | undefined): string {
  if (moment === undefined) return '';
  const { key, at, nth } = moment;
  return `#${new URLSearchParams({ actor: key, at: nth > 0 ? `${at}.${nth}` : String(at) })}`;
}
