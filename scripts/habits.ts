// Counts habits of English that cost a second reading; `npx tsx scripts/habits.ts [--list] [path …]`.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commentsOf, findHabit, type Habit, habits, messagesOf, proseOf } from './habits/habits.js';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The prose of every document, comment and message, by the path of its file; docs/reference is made of comments. */
export const areas: Readonly<
  Record<'docs' | 'decisions' | 'comments' | 'messages', ReadonlyMap<string, string>>
> = (() => {
  const packages = readdirSync(`${root}packages`);
  const under = (folder: string, ending: string) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending) && !name.endsWith('.generated.ts'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
  const documents = [
    'README.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'test/README.md',
    ...under('docs', '.md').filter((path) => !/^docs\/(?:decisions|reference)\//.test(path)),
    ...packages.map((name) => `packages/${name}/README.md`),
  ];
  const sources = ['src', ...packages.map((name) => `packages/${name}/src`)];
  const files = sources.flatMap((folder) => under(folder, '.ts'));
  const pick = (paths: readonly string[], prose: (text: string) => string) =>
    new Map(paths.map((path) => [path, prose(readFileSync(root + path, 'utf8'))]));
  return {
    docs: pick(documents, proseOf),
    decisions: pick(
      ['docs', 'packages/cli', 'bench', 'examples'].flatMap((folder) =>
        under(`${folder}/decisions`, '.md'),
      ),
      proseOf,
    ),
    comments: pick(files, commentsOf),
    messages: pick(files, messagesOf),
  };
})();

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [list, ...paths] = process.argv.slice(2).toSorted((a) => (a === '--list' ? -1 : 1));
  const isListed = list === '--list';
  const wanted = isListed || list === undefined ? paths : [list, ...paths];
  const names = Object.keys(habits) as Habit[];
  const table: Record<string, Record<string, number>> = {};
  for (const [area, proses] of Object.entries(areas)) {
    for (const [path, prose] of proses) {
      if (wanted.length > 0 && !wanted.some((start) => path.startsWith(start))) continue;
      for (const habit of names) {
        const places = findHabit(prose, habit);
        const row = (table[habit] ??= {});
        row[area] = (row[area] ?? 0) + places.length;
        if (isListed) for (const place of places) console.log(`${path} [${habit}] ${place}`);
      }
    }
  }
  console.table(table);
}
