import { InvalidOptionError } from 'schmoozer/compiled';
import { checkObject } from '../connectionOptions.js';

const known = ['apiPrefix', 'domain', 'timeout', 'watcherPrefix'];

/**
 * Checks the client's JetStream options: it ignores unknown ones, and `apiPrefix` beside `domain`, and would use another
 * JetStream.
 *
 * @throws InvalidOptionError
 */
export function checkJetstreamOptions(options: object): void {
  checkObject('jetstreamOptions', options);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const hasDomain = given.some(([name]) => name === 'domain');
  for (const [name] of given) {
    if (name === 'apiPrefix' ? !hasDomain : known.includes(name)) continue;
    const expected =
      name === 'apiPrefix' ? 'left out beside `domain`' : `one of ${known.join(', ')}`;
    throw new InvalidOptionError(`jetstreamOptions.${name}`, expected, undefined, 'one');
  }
}
