import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, normalize } from 'node:path/posix';
import { root } from './root.js';

export interface SitePage {
  /** What it shows, as a path from the top of the repository: a document, another file, or a folder. */
  readonly source: string;
  readonly title: string;
  readonly markdown: string;
}

/** README.md, the documents, the READMEs of the packages, and what these link to: other files, and folders of files. */
export function pagesOf(): SitePage[] {
  const sources = new Set([
    'README.md',
    ...filesIn('docs').filter((file) => file.endsWith('.md')),
    ...readdirSync(join(root, 'packages'))
      .toSorted()
      .map((name) => `packages/${name}/README.md`),
    'CHANGELOG.md',
  ]);
  const pages: SitePage[] = [];
  // A set hands out what is added meanwhile.
  for (const source of sources) {
    const page = pageOf(source);
    pages.push(page);
    for (const target of linkedFrom(page)) sources.add(target);
  }
  return pages;
}

/** The picture files beside the documents. */
export function pictures(): string[] {
  const isPicture = (file: string) => /\.(svg|png)$/.test(file);
  return ['docs', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)]
    .flatMap((folder) => (folder === 'docs' ? filesIn(folder) : filesOf(folder)))
    .filter(isPicture);
}

/** Where the site shows a file or a folder: as the repository has it, `README.md` as `index.html`. */
export function placeOf(source: string): string {
  if (basenameOf(source) === 'README.md') return join(dirname(source), 'index.html');
  if (source.endsWith('.md')) return source.replace(/\.md$/, '.html');
  return isFolder(source) ? join(source, 'index.html') : `${source}.html`;
}

/** What a link in a document leads to: a file or folder from the top of the repository. Undefined beyond it. */
export function targetOf(source: string, href: string): string | undefined {
  if (/^([a-z]+:|\/|#)/.test(href)) return undefined;
  const path = normalize(
    join(isFolder(source) ? source : dirname(source), decodeURI(href.replace(/[?#].*$/, ''))),
  ).replace(/\/$/, '');
  if (path.startsWith('..') || !existsSync(join(root, path))) return undefined;
  const readme = join(path, 'README.md');
  return existsSync(join(root, readme)) ? readme : path;
}

/** The first heading, as plain text. */
export function titleOf(markdown: string): string | undefined {
  return /^# (.+)$/m.exec(markdown)?.[1]?.replaceAll(/[`*]/g, '');
}

function pageOf(source: string): SitePage {
  if (isFolder(source)) {
    const files = filesOf(source).map((file) => `- [${basenameOf(file)}](${basenameOf(file)})`);
    return { source, title: source, markdown: `# \`${source}\`\n\n${files.join('\n')}\n` };
  }
  const text = readFileSync(join(root, source), 'utf8');
  if (source.endsWith('.md')) return { source, title: titleOf(text) ?? source, markdown: text };
  // More backticks than any run of them in the text.
  const fence = '`'.repeat(
    Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)),
  );
  const language = extname(source).slice(1) || 'text';
  const markdown = `# \`${source}\`\n\n${fence}${language}\n${text.trimEnd()}\n${fence}\n`;
  return { source, title: source, markdown };
}

/** What its prose links to; that each link leads somewhere is seen where it is rendered. */
function linkedFrom({ source, markdown }: SitePage): string[] {
  const prose = markdown.replaceAll(/^ *(`{3,}|~{3,})[\s\S]*?^ *\1$/gm, '');
  return [...prose.matchAll(/(?<!!\[[^\]]*)\]\(([^)\s]+)\)/g)].flatMap(([, href]) => {
    const target = targetOf(source, href as string);
    return target === undefined || /\.(svg|png)$/.test(target) ? [] : [target];
  });
}

function isFolder(path: string): boolean {
  return statSync(join(root, path)).isDirectory();
}

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name))
    .toSorted();
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name.replaceAll('\\', '/')))
    .toSorted();
}

function basenameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
