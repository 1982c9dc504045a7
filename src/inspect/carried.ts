import type { Settings } from './options.js';
import { type Fields, ownValue, pick, pickError } from './pick.js';

/** What XState puts into events and snapshots under these names; each has a list of its own. */
export function carried(carrier: object, allow: Settings['allow']): Fields {
  const shown: Fields = {};
  const input = ownValue(carrier, 'input');
  const output = ownValue(carrier, 'output');
  const error = ownValue(carrier, 'error');
  if (input !== undefined) shown['input'] = pick(input, allow.input, allow);
  if (output !== undefined) shown['output'] = pick(output, allow.output, allow);
  if (error !== undefined) shown['error'] = pickError(error, allow);
  return shown;
}
