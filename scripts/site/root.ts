import { fileURLToPath } from 'node:url';

/** The top of the repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The pages as VitePress reads them; inside the repository, for they import `vue`. */
export const staged = fileURLToPath(new URL('../../.tmp/site/', import.meta.url));
