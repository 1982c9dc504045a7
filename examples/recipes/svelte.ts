import type { Connector } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { readable } from 'svelte/store';

/** A store of the current connection: the link starts with the first subscriber and ends with the last. */
export const connectionOf = <T>(makeConnector: () => Connector<T>) =>
  readable<T | undefined>(undefined, (set) => {
    const link = createReconnectActor(makeConnector());
    link.on('*', () => set(link.connection));
    link.start();
    return () => void link.close('no subscriber');
  });
