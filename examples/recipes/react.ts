import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Connector } from 'schmoozer';
import { type CompiledActor, createReconnectActor } from 'schmoozer/compiled';

/** A link that lives as long as the component; undefined while that is not mounted, as on a server. */
export function useLink<T>(makeConnector: () => Connector<T>): CompiledActor<void, T> | undefined {
  const [link, setLink] = useState<CompiledActor<void, T>>();
  useEffect(() => {
    const made = createReconnectActor(makeConnector()).start();
    setLink(made);
    return () => void made.close('unmounted');
  }, []); // one link, whatever the function is
  return link;
}

/** The live connection, or undefined: the component is rendered again when it comes and goes. */
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
