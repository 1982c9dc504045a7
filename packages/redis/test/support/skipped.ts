import { spawnSync } from 'node:child_process';
import { inject } from 'vitest';

// What the suite provides is declared in its setup, which is no part of this package.
const provided = inject as (name: string) => unknown;

/** Whether there is no Redis to talk to: the suite has said so. */
export const isRedisMissing = (provided('missingServices') as string[]).includes('Redis');

/** Whether no Redis can be started here. */
export const isServerMissing = spawnSync('redis-server', ['--version']).status !== 0;
