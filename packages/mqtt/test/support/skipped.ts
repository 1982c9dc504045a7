import { inject } from 'vitest';

// What the suite provides is declared in its setup, which is no part of this package.
const provided = inject as (name: string) => unknown;

/** Whether there is no Mosquitto to talk to: the suite has said so. */
export const isBrokerMissing = (provided('missingServices') as string[]).includes('MQTT');
