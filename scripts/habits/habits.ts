/** Patterns of English that a reader must read twice, by the name under which they are counted. */
export const habits = {
  'tell for report': /\b(?:tells?|told|telling)\b/gi,
  'of ours': /\bof (?:ours|yours|mine|theirs|hers|(?:its|their|your|our|his) own)\b/gi,
  'try for attempt': /\b(?:try|tries)\b/gi,
  'nobody as a subject': /\b(?:nobody|somebody|no one|someone|everybody|whoever)\b/gi,
  anew: /\banew\b/gi,
  idioms:
    /\b(?:(?:is|are|was|were) over(?! \d)|(?:go|goes|going|went|gone) on|(?:give|gives|gave) in|(?:call|calls|called) back|mend(?:s|ed|ing)?|(?:is|are) no matter)\b/gi,
  'hear for listen': /\b(?:hears?|heard)\b/gi,
  'sentence without its head first':
    /(?<=^|[.:!?]\s)(?:What (?!(?:is|are|does|do|to|if)\b)|Whoever |Of (?:a|an|the|one|what|which|those|its) |(?:That|Those) (?:of|which|who) |One (?:that|who|which|of) )/gm,
} as const;

export type Habit = keyof typeof habits;

/** The prose of a Markdown page: without code, headings, links' targets and HTML comments. */
export function proseOf(markdown: string): string {
  return markdown
    .replace(/^```[^\n]*\n[\s\S]*?^```/gm, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/`[^`\n]*`/g, '`…`')
    .replace(/\]\([^)\s]*\)/g, ']')
    .replace(/^#.*$/gm, '')
    .replace(/^[ \t]*(?:[-*]|\d+\.)[ \t]+/gm, '');
}

const token =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** The comments of a source text, without examples and code. */
export function commentsOf(source: string): string {
  return [...source.matchAll(token)]
    .map(([text]) => text)
    .filter((text) => text.startsWith('/'))
    .map((text) =>
      proseOf(
        text
          .replace(/^\/\*\*?\s*|\s*\*\/$/g, '')
          .replace(/^[ \t]*(?:\*|\/\/)[ \t]?/gm, '')
          .replace(/^@\w+(?:[ \t]+\w+[ \t]+-)?[ \t]*/gm, ''),
      ),
    )
    .join('\n\n');
}

/** The literals of a source text that look like a message: three words or more. */
export function messagesOf(source: string): string {
  return [...source.matchAll(token)]
    .map(([text]) => text)
    .filter((text) => !text.startsWith('/') && /\w+ \w+ \w+/.test(text))
    .map((text) => text.slice(1, -1))
    .join('\n\n');
}

/** Where a habit stands in a prose, with a few words around it. */
export function findHabit(prose: string, habit: Habit): string[] {
  return [...prose.matchAll(habits[habit])].map((found) =>
    prose
      .slice(Math.max(0, found.index - 40), found.index + found[0].length + 40)
      .replace(/\s+/g, ' ')
      .trim(),
  );
}
