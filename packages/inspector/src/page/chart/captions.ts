import type { ChartEdge, ChartState } from '../definition/chart.js';

/** What is written below a state's name. */
export function callsOf({ invokes }: ChartState): string {
  return `calls ${invokes.join(', ')}`;
}

/** A transition's line in full; the drawing shades its parts. */
export function lineOf(edge: ChartEdge): string {
  return `${edge.label} ${aimOf(edge)}`;
}

export function aimOf({ targets, source }: ChartEdge): string {
  if (targets.length === 0) return '↺';
  const name = (target: ChartState) =>
    target === source ? 'itself' : target.type === 'history' ? 'as before' : target.name;
  return `→ ${targets.map(name).join(', ')}`;
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
