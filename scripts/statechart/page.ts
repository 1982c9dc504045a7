import { edges, states } from './definition.js';

/** docs/statechart.md: the picture in full, a row per state and a row per transition. */
export function page(): string {
  return `# The statechart

Written by \`npm run docs\` from the machine itself; do not edit.

![The statechart with every transition, its guard and its actions](statechart-full.svg)

The chart has ${states.length} states and ${edges.length} transitions. In the picture an arrow that starts at the
border of a state with inner states belongs to that state: it holds in all of them. A dot marks the
state that is entered first. A line per transition: the event, its guard in brackets, then its actions.
An event listed at a ⊘ is ignored there on purpose, although an outer state would take it.

## States

${table(
  ['state', 'meaning', 'tags', 'calls', 'timer', 'on entry', 'on exit'],
  states.map((s) => [
    code(s.path),
    s.description,
    ...[s.tags, s.invokes, s.timers, s.entry, s.exit].map(codes),
  ]),
)}

Tags are inherited: a state has those of the states around it. What the timers wait for is an option of the
same name with \`Ms\` ([options](options.md)), except \`retryDelay\`, which is the decided delay.

## Transitions

${table(
  ['from', 'event', 'guard', 'to', 'actions'],
  edges.map((e) => [
    code(e.from),
    e.event,
    e.guard === 'otherwise' ? e.guard : codes(e.guard === undefined ? [] : [e.guard]),
    e.to === undefined ? '⊘ stays' : code(e.to),
    codes(e.actions),
  ]),
)}
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function codes(texts: readonly string[]): string {
  return texts.map(code).join(', ');
}
