import { carried } from './carried.js';
import type { Settings } from './options.js';
import { cut, type Fields, tryOr, ownValue, pick } from './pick.js';

/** Returns an event's type, which is a name and not data, and its allowed fields. */
export function eventOf(event: object, allow: Settings['allow']): Fields {
  return tryOr(
    () => {
      const type = ownValue(event, 'type');
      return {
        ...(pick(event, allow.event, allow) as Fields),
        ...carried(event, allow),
        type: typeof type === 'string' ? cut(type) : '',
      };
    },
    { type: '' },
  );
}
