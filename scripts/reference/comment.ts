import type { Node } from 'typescript/unstable/ast';

/** A doc comment, taken apart. */
export interface Comment {
  /** Its paragraphs; a line is not broken inside one. */
  readonly text: readonly string[];
  /** `@throws InvalidOptionError when …`. */
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

export const noComment: Comment = { text: [], tags: [] };

/** The doc comment that stands right before a declaration. */
export function commentOf(node: Node): Comment {
  const source = node.getSourceFile().text;
  return parseComment(source.slice(node.getFullStart(), node.getStart()));
}

/** The last doc comment of a text between two declarations. */
export function parseComment(trivia: string): Comment {
  const raw = [...trivia.matchAll(/\/\*\*([\s\S]*?)\*\//g)].at(-1)?.[1];
  if (raw === undefined) return noComment;
  const lines = raw.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
  const text: string[] = [];
  const tags: { name: string; text: string }[] = [];
  let isOpen = false;
  for (const line of lines.map((each) => each.trim())) {
    const [, tag, rest] = /^@(\w+)\s*(.*)$/.exec(line) ?? [];
    if (tag !== undefined) tags.push({ name: tag, text: rest as string });
    else if (line === '') isOpen = false;
    else if (tags.length > 0) (tags.at(-1) as { text: string }).text += ` ${line}`;
    else if (isOpen && !line.startsWith('- ')) text.push(`${text.pop()} ${line}`);
    else text.push(line);
    if (line !== '') isOpen = true;
  }
  return { text, tags };
}
