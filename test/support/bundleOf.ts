import { build, type Rollup } from 'vite';
import { schmoozer } from '../../vitest.alias.js';

const ENTRY = 'program';

/** A program bundled for production, with the source of the library in it. */
export async function bundleOf(
  program: string,
  { minify, treeshake }: { readonly minify: boolean; readonly treeshake: boolean },
): Promise<Rollup.OutputChunk> {
  const result = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: schmoozer },
    plugins: [
      {
        name: ENTRY,
        resolveId: (id) => (id === ENTRY ? id : null),
        load: (id) => (id === ENTRY ? program : null),
      },
    ],
    build: {
      write: false,
      minify,
      rollupOptions: { input: ENTRY, preserveEntrySignatures: 'strict', treeshake },
    },
  })) as Rollup.RollupOutput;
  return result.output[0];
}
