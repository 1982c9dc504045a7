import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Where records of decisions stand: beside what they explain. */
export const decisionFolders = [
  'docs/decisions',
  'packages/cli/decisions',
  'bench/decisions',
  'examples/decisions',
] as const;

/** README.md, everything under docs/, and every record of a decision, as paths from the top of the repository. */
export const documents: readonly string[] = [
  'README.md',
  ...['docs', ...decisionFolders.slice(1)].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  ),
];

/** Every source file of the library, as a path from the top of the repository. */
export const sourceFiles: readonly string[] = readdirSync(join(root, 'src'), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `src/${name.replaceAll('\\', '/')}`);

export interface Fence {
  readonly file: string;
  /** Of the opening line, from 1. */
  readonly line: number;
  /** What follows the backticks, `ts run` for instance. */
  readonly info: string;
  readonly code: string;
}

/** Every code fence of a Markdown text; one that is never closed is an error. */
export function fencesOf(file: string, text = read(file)): Fence[] {
  const fences: Fence[] = [];
  let open: { line: number; info: string; code: string[] } | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    const [, info] = /^\s*(?:```|~~~)(.*)$/.exec(line) ?? [];
    if (info === undefined) open?.code.push(line);
    else if (open === undefined) open = { line: i + 1, info: info.trim(), code: [] };
    else {
      fences.push({ file, line: open.line, info: open.info, code: open.code.join('\n') });
      open = undefined;
    }
  }
  if (open) throw new Error(`${file}:${open.line}: a fence that is never closed`);
  return fences;
}

/** The text without its fences: what is prose. */
export function proseOf(file: string): string {
  return read(file).replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** Rows of all tables whose first heading is `heading`, as cells without the backticks around them. */
export function rowsOf(file: string, heading: string): string[][] {
  const rows: string[][] = [];
  let isInside = false;
  for (const line of proseOf(file).split('\n')) {
    const cells = /^\|(.*)\|$/
      .exec(line)?.[1]
      ?.split(' | ')
      .map((cell) => cell.trim());
    if (cells === undefined) isInside = false;
    else if (isInside) rows.push(cells.map((cell) => /^`([^`]*)`$/.exec(cell)?.[1] ?? cell));
    else isInside = cells[0] === heading;
  }
  return rows.filter(([first]) => first !== '---');
}
