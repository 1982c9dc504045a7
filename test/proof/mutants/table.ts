import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layers, root, type Verdict } from './layers.js';
import type { Mutant } from './mutants.js';

const path = join(root, 'docs/model-testing.md');
const START = '<!-- mutants -->';
const END = '<!-- /mutants -->';

/** Writes what became of each mutant between the two marks of the document. */
export function writeTable(
  mutants: readonly Mutant[],
  verdicts: ReadonlyMap<number, Verdict>,
): void {
  const rows = mutants.map(({ name, file }, i) => {
    const verdict = verdicts.get(i) as Verdict;
    const cells =
      verdict === 'timeout'
        ? layers.map(() => 'hangs')
        : layers.map((layer) => (verdict.killedBy.includes(layer) ? 'killed' : '·'));
    return `| ${name} | \`${file}\` | ${cells.join(' | ')} |`;
  });
  const totals = layers.map(
    (layer) =>
      [...verdicts.values()].filter((v) => v === 'timeout' || v.killedBy.includes(layer)).length,
  );
  const table = [
    `| mutant | file | ${layers.join(' | ')} |`,
    `| --- | --- | ${layers.map(() => '---').join(' | ')} |`,
    ...rows,
    `| **${mutants.length} mutants, killed** | | ${totals.join(' | ')} |`,
  ].join('\n');
  const text = readFileSync(path, 'utf8');
  const [before, after] = [text.indexOf(START), text.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${path} lacks the marks of the table`);
  const head = text.slice(0, before + START.length);
  writeFileSync(path, `${head}\n\n${table}\n\n${text.slice(after)}`);
}
