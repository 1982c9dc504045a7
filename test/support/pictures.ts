/** What a picture of a chart shows, read back from its SVG. */
export interface Picture {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly names: ReadonlyMap<string, string>;
  readonly arrows: readonly Arrow[];
  /** Each with the states whose boxes it may lie on: its own and those around it. */
  readonly texts: readonly Text[];
  /** What is written for transitions, each with the state or the arrow that it is written at. */
  readonly notes: readonly Note[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly start: Point;
  readonly end: Point;
}

export interface Text {
  readonly content: string;
  readonly path: string | undefined;
  readonly x: number;
  readonly y: number;
  readonly style: 'name' | 'line';
}

export interface Note {
  /** Places in `Chart.edges`. */
  readonly edges: readonly number[];
  /** The state in which it is written. */
  readonly path: string | undefined;
  readonly arrow: { readonly from: string; readonly to: string } | undefined;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Reads one `<g …>` after the other; none that is read here has another in it. */
export function pictureIn(svg: string): Picture {
  const boxes = new Map<string, Box>();
  const names = new Map<string, string>();
  const texts: Text[] = [];
  const notes: Note[] = [];
  for (const group of svg.split('<g ').slice(1)) {
    const head = `<g ${group.slice(0, group.indexOf('>'))}`;
    const kind = attribute(head, 'class')?.split(' ')[0];
    if (kind !== 'state' && kind !== 'row' && kind !== 'link') continue;
    const [, x, y] = /translate\((\S+) (\S+)\)/.exec(head) ?? [];
    const origin = { x: Number(x ?? 0), y: Number(y ?? 0) };
    const path = attribute(head, kind === 'row' ? 'data-source' : 'data-path');
    if (kind === 'state') {
      const rect = /<rect [^>]+>/.exec(group)?.[0] as string;
      boxes.set(path as string, { ...origin, ...numbers(rect, 'width', 'height') } as Box);
    }
    const [from, to] = [attribute(head, 'data-from'), attribute(head, 'data-to')];
    const arrow = from === undefined || to === undefined ? undefined : { from, to };
    if (kind === 'row') notes.push({ edges: [Number(attribute(head, 'data-edge'))], path, arrow });
    for (const [tag, inside] of group.matchAll(/<text [^>]*>(.*?)<\/text>/g)) {
      const start = tag.slice(0, tag.indexOf('>'));
      const content = plain(inside as string);
      const isName = attribute(start, 'class') === 'name';
      if (isName) names.set(path as string, content);
      const { x: dx, y: dy } = numbers(start, 'x', 'y') as unknown as Point;
      const edges = attribute(start, 'data-edges');
      if (edges !== undefined) notes.push({ edges: edges.split(' ').map(Number), path, arrow });
      if (content === '' || attribute(start, 'text-anchor') !== undefined) continue;
      const style = isName ? 'name' : 'line';
      texts.push({ content, path, x: origin.x + dx, y: origin.y + dy, style });
    }
  }
  const arrows = [...svg.matchAll(/<path class="arrow[^>]*>/g)].map(([path]): Arrow => {
    const points = [...(attribute(path, 'd') as string).matchAll(/[ML](\S+?) ([^MLQ ]+)/g)].map(
      ([, x, y]) => ({ x: Number(x), y: Number(y) }),
    );
    return {
      from: attribute(path, 'data-from') as string,
      to: attribute(path, 'data-to') as string,
      start: points[0] as Point,
      end: points.at(-1) as Point,
    };
  });
  return { boxes, names, arrows, texts, notes };
}

/** Inside the outer one, which has a rim around it. */
export function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.x > outer.x &&
    inner.y > outer.y &&
    inner.x + inner.width < outer.x + outer.width &&
    inner.y + inner.height < outer.y + outer.height
  );
}

export function areApart(a: Box, b: Box): boolean {
  return a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y || b.y + b.height < a.y;
}

export function holds({ x, y, width, height }: Box, point: Point): boolean {
  const isWithinX = point.x > x - 0.1 && point.x < x + width + 0.1;
  return isWithinX && point.y > y - 0.1 && point.y < y + height + 0.1;
}

export function isOnBorder(box: Box, point: Point): boolean {
  const { x, y, width, height } = box;
  const isNear = (a: number, b: number) => Math.abs(a - b) < 0.1;
  const isAtSide = isNear(point.x, x) || isNear(point.x, x + width);
  return holds(box, point) && (isAtSide || isNear(point.y, y) || isNear(point.y, y + height));
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
}

function numbers(tag: string, ...names: string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, Number(attribute(tag, name) ?? 0)]));
}

function plain(markup: string): string {
  return markup
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
