import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Connector } from 'schmoozer';
import { type CompiledActor, createReconnectActor } from 'schmoozer/compiled';

/** A link that lives as long as the component; undefined while the component is not mounted, as on a server. */
export function useLink<T>(makeConnector: () => Connector<T>): CompiledActor<void, T> | undefined {
  const [link, setLink] = useState<CompiledActor<void, T>>();
  useEffect(() => {
    const made = createReconnectActor(makeConnector()).start();
    setLink(made);
    return () => void made.close('unmounted');
  }, []); // one link, even if the function changes
  return link;
}

/** The current connection, or undefined: the component renders again when it changes. */
export function useConnection<T>(link: CompiledActor<void, T> | undefined): T | undefined {
  return useSyncExternalStore(
    (changed) => {
      const subscription = link?.on('*', changed);
      return () => subscription?.unsubscribe();
    },
    () => link?.connection,
    () => undefined,
  );
}
