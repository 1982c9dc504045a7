import type { AnyConnector } from './connector.js';

/** The optional members of a connector. */
const optional = [
  'closed',
  'probe',
  'retryDelay',
  'isRetryable',
  'disconnect',
  'limiterKey',
  'peer',
  'limiter',
] as const satisfies readonly (keyof AnyConnector)[];

/** Gives a wrapper the connector's members that the wrapper lacks. */
export function passOn<TWrapper extends object>(
  connector: AnyConnector,
  wrapper: TWrapper,
): TWrapper {
  // Looked up each time: a connector that combines several has some members only at times.
  for (const name of optional) {
    if (!(name in connector) || name in wrapper) continue;
    const get = () => {
      const value: unknown = connector[name];
      return typeof value === 'function' ? value.bind(connector) : value;
    };
    Object.defineProperty(wrapper, name, { get, enumerable: true });
  }
  return wrapper;
}
