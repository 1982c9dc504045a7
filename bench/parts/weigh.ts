import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';
import type { Samples } from '../bench.js';
import { programs } from '../size/programs.js';

const resolveDir = fileURLToPath(new URL('.', import.meta.url));

/** Each part by what esbuild writes above a module, which is its path, or by how it exports. */
const parts = {
  chart: /\/machine\/chart\.js$/,
  names: /\/machine\/(setup|updates|guards|announce|delays|actions|vocabulary)\.js$/,
  actors:
    /\/actors\/\w+\.js$|\/(lazySignal|whenAborted|redacted|clock|dispose|limiter|nextTurn|signalOf)\.js$/,
  errors: /\/(errors|linkEndedError|retryable|thrown|printable)\.js$/,
  verdicts: /\/(classify|decide|isThenable)\.js$|\/is-network-error\//,
  backoffs: /\/policy\/\w*([bB]ackoff|limit\w+)\.js$/,
  options:
    /\/machine\/(context|settings|reconnectMachine|reconnectMachineOf|restored)\.js$|\/(check|showAddress)\.js$|\/connector\.js$/,
  compiled: /\/compiled\/\w+(\.generated)?\.js$|\/statePath\.js$/,
  entry: /\/(reconnectActor|report|guarded|output|whenEnded|whenOpened|tap|tapActor)\.js$/,
  exports: /^export \{$/,
};

/** The bundle without one part of it, for each. */
export async function weigh(): Promise<Samples> {
  const sections = await bundled();
  const partOf = (section: string) => {
    const [head = ''] = section.split('\n');
    return Object.entries(parts).find(([, mark]) => mark.test(head))?.[0];
  };
  const lost = sections.slice(1).filter((section) => partOf(section) === undefined);
  if (lost.length > 0) throw new Error(`in no part: ${lost.map((s) => s.split('\n')[0]).join()}`);

  // Nothing can be exported that is not there: what is compared has no exports, but for their own row.
  const whole = await bytesOf(sections);
  const inside = sections.filter((section) => partOf(section) !== 'exports');
  const base = await bytesOf(inside);
  const samples = Object.keys(parts).map(async (name) => {
    const rest = await bytesOf(inside.filter((section) => partOf(section) !== name));
    return [name, [{ bytes: name === 'exports' ? whole - base : base - rest }]] as const;
  });
  return Object.fromEntries(await Promise.all(samples));
}

/** What comes before the first module, the modules, each headed by its path, and the exports. */
async function bundled(): Promise<string[]> {
  const { outputFiles } = await build({
    stdin: { contents: programs['root'] as string, resolveDir },
    bundle: true,
    minifyIdentifiers: true,
    minifySyntax: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    external: ['xstate'],
  });
  return (outputFiles[0] as { text: string }).text.split(/^(?=\/\/ |export \{$)/m);
}

async function bytesOf(sections: readonly string[]): Promise<number> {
  const { code } = await transform(sections.join(''), { minifyWhitespace: true });
  return gzipSync(code, { level: 9 }).length;
}
