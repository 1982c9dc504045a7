import type { Point } from './layout.js';

const RADIUS = 6;

/** Straight lines with rounded corners, as the `d` of an SVG path. */
export function roundedPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let d = `M${first.x} ${first.y}`;
  let before = first;
  rest.forEach((point, i) => {
    const next = rest[i + 1];
    if (next === undefined) {
      d += `L${point.x} ${point.y}`;
      return;
    }
    const length = Math.min(RADIUS, distance(before, point) / 2, distance(point, next) / 2);
    const enter = towards(point, before, length);
    const leave = towards(point, next, length);
    d += `L${enter.x} ${enter.y}Q${point.x} ${point.y} ${leave.x} ${leave.y}`;
    before = point;
  });
  return d;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function towards(from: Point, to: Point, length: number): Point {
  const all = distance(from, to) || 1;
  return {
    x: from.x + ((to.x - from.x) * length) / all,
    y: from.y + ((to.y - from.y) * length) / all,
  };
}
