import type { Connector } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { onScopeDispose, shallowRef } from 'vue';

/** A link that lives as long as the component, and its current connection. */
export function useLink<T>(connector: Connector<T>) {
  const link = createReconnectActor(connector);
  const connection = shallowRef<T>();
  link.on('*', () => (connection.value = link.connection));
  link.start();
  onScopeDispose(() => void link.close('unmounted'));
  return { link, connection };
}
