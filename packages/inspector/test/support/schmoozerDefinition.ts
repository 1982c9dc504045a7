import { reconnectMachine } from 'schmoozer';
import { definitionOf } from './wire.js';

/** The library's own chart, as it goes over the wire. */
export const schmoozerDefinition = (): string => definitionOf(reconnectMachine as never);
