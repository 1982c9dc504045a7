import type { Settings } from './options.js';
import { type Fields, tryOr, ownValue, pick, pickError } from './pick.js';

/** The values that XState stores in events and snapshots under these names; each name has its own list in `allow`. */
export function carried(carrier: object, allow: Settings['allow']): Fields {
  const shown: Fields = {};
  const input = ownValue(carrier, 'input');
  const output = ownValue(carrier, 'output');
  const error = ownValue(carrier, 'error');
  if (input !== undefined) shown['input'] = readable(() => pick(input, allow.input, allow));
  if (output !== undefined) shown['output'] = readable(() => pick(output, allow.output, allow));
  if (error !== undefined) shown['error'] = readable(() => pickError(error, allow));
  return shown;
}

function readable(look: () => Fields | string): Fields | string {
  return tryOr(look, '[unreadable]');
}
