import { aimOf } from '../../packages/inspector/src/page/chart/captions.js';
import type { Chart } from '../../packages/inspector/src/page/definition/chart.js';
import { guardOf } from './overview.js';

/** docs/statechart.md: the picture in full, a row per state and a row per transition. */
export function page({ root, states: all, edges }: Chart): string {
  const states = [...all.values()].filter((state) => state !== root);
  return `# The statechart

Written by \`npm run docs\` from the machine itself; do not edit.

The first picture shows the chart in short. An arrow stands for all transitions between the two states that it joins, and its text
lists them as \`event [guard]\`. If an arrow begins or ends at a whole box, the text also names the inner states:
\`source: event [guard] → target\`. If it names no target, the arrow leads to the initial state of the box. A line with \`←\` in an
inner state lists the transitions that come from other states of the same box.

![The statechart, with what leads from one state to another](statechart.svg)

The second picture shows the chart in full:

![The statechart with every transition, its guard and its actions](statechart-full.svg)

The chart has ${states.length} states and ${edges.length} transitions. In the second picture each state lists its transitions in the order in
which they are checked: the event, its guard in brackets, the target, and below that its actions. An arrow has the
colour of its source state, and a dot marks the initial state. With ↺ the state stays and only the
actions run; with ⊘ the event is ignored on purpose. These events report results:

- \`connect done\`: the promise of \`connect\` has resolved.
- \`connect failed\`: it has rejected, the limiter has refused the attempt, or an aborted \`connect\` has resolved late and its
  connection has been released.
- \`run done\` and \`run failed\`: \`run\` has resolved or rejected. The event comes when the connection has been released, or when
  the release has lasted \`gracePeriodMs\`.
- \`retryDelay done\`: the promise of \`retryDelay\` has settled.

Before the result of \`connect\` or \`run\`, the actor that calls the method sends these reports:

| report | meaning |
| --- | --- |
| \`connect.queued\` | the limiter has no permit yet |
| \`connect.started\` | \`connect\` is called |
| \`connect.turned\` | the timeout fired late, and all data that had arrived until then has been delivered |
| \`run.lost\` | the connection was lost |
| \`run.drained\` | all data that had arrived on it has been read |
| \`run.settled\` | \`run\` has settled, and the connection is still being released |

## States

The duration of a timer is the option of the same name with \`Ms\` ([options](options.md)), except \`retryDelay\`, which is the
decided delay, and \`turn\`, which is 0.

${table(
  ['state', 'meaning', 'tags', 'calls', 'timer', 'on entry', 'on exit'],
  states.map((s) => [
    code(s.path),
    s.description,
    ...[s.tags, s.invokes, s.edges.flatMap(({ delay }) => delay ?? []), s.entry, s.exit].map(codes),
  ]),
)}

## Transitions

\`otherwise\` applies if no guard above it does. A state that is its own target is entered again, so its timer starts again. What
the names mean is in \`src/machine\`: \`guards.ts\` for the guards, \`updates.ts\` for the actions \`record…\` and \`resetAttempt\`,
\`announce.ts\` for \`announce…\`, \`actions.ts\` for the others.

${table(
  ['from', 'event', 'guard', 'to', 'actions'],
  edges.map((edge) => [
    code(edge.source.path || edge.source.name),
    edge.what,
    edge.guard === undefined ? (guardOf(edge) ?? '') : code(edge.guard),
    edge.targets.length === 0
      ? `${aimOf(edge)} stays`
      : codes(edge.targets.map(({ path }) => path)),
    codes(edge.actions),
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

/** A state may have two timers of one name, each with a guard. */
function codes(texts: readonly string[]): string {
  return [...new Set(texts)].map(code).join(', ');
}
