import type { ChartEdge, ChartState } from '../definition/chart.js';
import type { Look } from './sizes.js';

/** The lines below a state's name; in a printed chart they include the content of tooltips. */
export function notesOf(
  { invokes, entry, exit }: ChartState,
  { isPrinted, isBrief }: Look,
): string[] {
  if (isBrief) return [];
  return [
    ...(invokes.length > 0 ? [`calls ${invokes.join(', ')}`] : []),
    ...(isPrinted && entry.length > 0 ? [`entry / ${entry.join(', ')}`] : []),
    ...(isPrinted && exit.length > 0 ? [`exit / ${exit.join(', ')}`] : []),
  ];
}

/** The tags that are written in a state. */
export function tagsOf({ tags }: ChartState, { isBrief }: Look): readonly string[] {
  return isBrief ? [] : tags;
}

/** The complete line of a transition; the drawing shades its parts. */
export function lineOf(edge: ChartEdge): string {
  return `${edge.label} ${aimOf(edge)}`;
}

/** The target of a transition: ↺ is the same state, ⊘ an event that is ignored on purpose. */
export function aimOf({ targets, source, actions }: ChartEdge): string {
  if (targets.length === 0) return actions.length > 0 ? '↺' : '⊘';
  const name = (target: ChartState) =>
    target === source ? 'itself' : target.type === 'history' ? 'as before' : target.name;
  return `→ ${targets.map(name).join(', ')}`;
}

/** The actions of a transition, in UML notation. */
export function actionsOf({ actions }: ChartEdge): string {
  return `/ ${actions.join(', ')}`;
}

/** The tooltip of a transition's line. */
export function edgeTip({ eventType, guard, actions, description }: ChartEdge): string {
  return [
    eventType === '' ? 'always' : eventType,
    ...(guard === undefined ? [] : [`if ${guard}`]),
    ...(actions.length > 0 ? [`does ${actions.join(', ')}`] : []),
    ...(description === '' ? [] : [description]),
  ].join('\n');
}

/** The tooltip of a state. */
export function stateTip({ path, name, description, tags, entry, exit }: ChartState): string {
  return [
    path || name,
    ...(description === '' ? [] : [description]),
    ...(tags.length > 0 ? [`tags ${tags.join(', ')}`] : []),
    ...(entry.length > 0 ? [`entry ${entry.join(', ')}`] : []),
    ...(exit.length > 0 ? [`exit ${exit.join(', ')}`] : []),
  ].join('\n');
}
