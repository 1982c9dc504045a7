import { expect, it } from 'vitest';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { floors, rows } from '../../scripts/floors.mjs';
import { read, root, rowsOf } from '../support/documents.js';

it('docs/architecture.md shows every folder of src on its floor', () => {
  const exists = ({ folder }: { readonly folder: string }) => existsSync(join(root, 'src', folder));
  const built = floors.map((floor) => floor.filter(exists).map(({ folder }) => folder));
  const shown = rowsOf('docs/architecture.md', 'floor').map(([, folders]) =>
    (folders as string).split(', ').map((folder) => folder.replaceAll('`', '')),
  );
  expect(shown).toEqual(built.filter((folders) => folders.length > 0));
});

it('docs/architecture.md says how many files import XState', () => {
  const files = rows.flatMap(({ folder, xstate = [] }) =>
    xstate.map((file) => read(`src/${folder}/${file}`)),
  );
  expect(files.length).toBe(7);
  const onlyTypes = files.filter((text) => !/^import (?!type )[^;]+ from 'xstate';$/m.test(text));
  expect(onlyTypes.length).toBe(5);
  expect(read('docs/architecture.md')).toMatch(
    /Seven\s+files\s+import\s+XState,\s+five\s+of\s+them\s+only\s+its\s+types/,
  );
});
