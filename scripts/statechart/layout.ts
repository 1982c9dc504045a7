/** Where a state is drawn. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An arrow from a point on the border of one state straight to a point on the border of another. */
export interface Route {
  readonly from: string;
  readonly to: string;
  readonly line: readonly [x1: number, y1: number, x2: number, y2: number];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Box>;
  readonly routes: readonly Route[];
}

/** The height in lines of what is written at an arrow, and of what is written in a state. */
export interface Lines {
  arrow(from: string, to: string): number;
  state(path: string): number;
}

export const LINE = 15;
const PAD = 16;
const TITLE = 32;

/**
 * `connecting` on the left and `stopped` on the right are columns, `running` and `waiting` lie between
 * them, so that every arrow is one straight line. What is chosen by hand is this order; the
 * coordinates follow from how much there is to write.
 */
export function layout(lines: Lines, wide: boolean): Layout {
  const columns = [34, wide ? 200 : 150, wide ? 245 : 228, wide ? 360 : 308, wide ? 225 : 155, 90];
  const [left, leftWidth, gap, middleWidth, rightGap, rightWidth] = columns as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const connectingEnd = left + leftWidth;
  const middle = connectingEnd + gap;
  const middleEnd = middle + middleWidth;
  const right = middleEnd + rightGap;
  const inner = middle + (wide ? 165 : 118);
  const innerEnd = middleEnd - PAD;

  const boxes = new Map<string, Box>();
  const routes: Route[] = [];
  const put = (path: string, x: number, y: number, xEnd: number, yEnd: number) =>
    boxes.set(path, { x, y, width: xEnd - x, height: yEnd - y });
  const route = (from: string, to: string, ...line: Route['line']) =>
    routes.push({ from, to, line });
  const space = (from: string, to: string) => lines.arrow(from, to) * LINE + 9;
  const minHeight = (path: string) => 34 + lines.state(path) * LINE;

  // The lowest arrow so far on either side: the next one's text must fit below it.
  let leftY = 22;
  let rightY = 22;
  const below = (y: number, from: string, to: string, least: number) =>
    Math.max(least, y + space(from, to));
  const leftwards = (from: string, to: string, xFrom: number, xTo: number, least: number) => {
    leftY = below(leftY, from, to, least);
    route(from, to, xFrom, leftY, xTo, leftY);
  };
  const rightwards = (from: string, xFrom: number, least: number) => {
    rightY = below(rightY, from, 'stopped', least);
    route(from, 'stopped', xFrom, rightY, right, rightY);
  };

  rightwards('connecting', connectingEnd, 0);
  leftY = rightY;

  const runningY = rightY + PAD;
  leftwards('connecting', 'running', connectingEnd, middle, runningY + TITLE / 2);
  const settlingY = runningY + TITLE + lines.state('running') * LINE;
  const settlingEnd = settlingY + minHeight('running.settling');
  const stableY = settlingEnd + space('running.settling', 'running.stable') + 8;
  leftwards('connecting', 'running.stable', connectingEnd, inner, stableY + 17);
  const stableEnd = Math.max(stableY + minHeight('running.stable'), leftY + 12);
  rightwards('running', middleEnd, stableY + 17);
  put('running.settling', inner, settlingY, innerEnd, settlingEnd);
  put('running.stable', inner, stableY, innerEnd, stableEnd);
  route('running.settling', 'running.stable', inner + 28, settlingEnd, inner + 28, stableY);

  const reconnectingY = stableEnd + PAD;
  const reconnectY = below(leftY, 'running', 'running.reconnecting', reconnectingY + 17);
  route('running', 'running.reconnecting', middle, reconnectY, inner, reconnectY);
  leftwards('running.reconnecting', 'connecting', inner, connectingEnd, reconnectY + 18);
  rightwards('running.reconnecting', innerEnd, reconnectingY + 17);
  const reconnectingEnd = Math.max(
    reconnectingY + minHeight('running.reconnecting'),
    Math.max(leftY, rightY) + 12,
  );
  put('running.reconnecting', inner, reconnectingY, innerEnd, reconnectingEnd);

  const stoppingY = reconnectingEnd + PAD;
  const stopY = below(leftY, 'running', 'running.stopping', stoppingY + 17);
  route('running', 'running.stopping', middle, stopY, inner, stopY);
  rightwards('running.stopping', innerEnd, stoppingY + 17);
  const stoppingEnd = Math.max(
    stoppingY + minHeight('running.stopping'),
    Math.max(stopY, rightY) + 12,
  );
  put('running.stopping', inner, stoppingY, innerEnd, stoppingEnd);
  const runningEnd = stoppingEnd + PAD;
  put('running', middle, runningY, middleEnd, runningEnd);

  const waitingY = runningEnd + space('running', 'waiting') + 16;
  route('running', 'waiting', inner + 28, runningEnd, inner + 28, waitingY);
  leftwards('connecting', 'waiting', connectingEnd, middle, waitingY + TITLE / 2);
  leftwards('connecting.attempting', 'waiting', connectingEnd - PAD, middle, 0);
  const decidingY = Math.max(waitingY + TITLE, leftY + 8);
  leftwards('waiting.deciding', 'connecting', inner, connectingEnd, decidingY + 17);
  rightwards('waiting.deciding', innerEnd, decidingY + 17);
  const decidingEnd = Math.max(
    decidingY + minHeight('waiting.deciding'),
    Math.max(leftY, rightY) + 12,
  );
  const choosingY =
    decidingEnd +
    Math.max(
      space('waiting.deciding', 'waiting.choosing'),
      space('waiting.choosing', 'waiting.deciding'),
    ) +
    8;
  route('waiting.choosing', 'waiting.deciding', inner + 28, choosingY, inner + 28, decidingEnd);
  route('waiting.deciding', 'waiting.choosing', inner + 60, decidingEnd, inner + 60, choosingY);
  leftwards('waiting.choosing', 'connecting', inner, connectingEnd, choosingY + 34);
  rightwards('waiting.choosing', innerEnd, choosingY + 17);
  const choosingEnd = Math.max(
    choosingY + minHeight('waiting.choosing'),
    Math.max(leftY, rightY) + 12,
  );
  const delayingY = choosingEnd + space('waiting.choosing', 'waiting.delaying') + 8;
  route('waiting.choosing', 'waiting.delaying', inner + 28, choosingEnd, inner + 28, delayingY);
  leftwards('waiting.delaying', 'connecting', inner, connectingEnd, delayingY + 17);
  rightwards('waiting.delaying', innerEnd, delayingY + 17);
  const delayingEnd = Math.max(
    delayingY + minHeight('waiting.delaying'),
    Math.max(leftY, rightY) + 12,
  );
  put('waiting.deciding', inner, decidingY, innerEnd, decidingEnd);
  put('waiting.choosing', inner, choosingY, innerEnd, choosingEnd);
  put('waiting.delaying', inner, delayingY, innerEnd, delayingEnd);
  const waitingEnd = delayingEnd + PAD;
  put('waiting', middle, waitingY, middleEnd, waitingEnd);

  rightY = Math.max(rightY, waitingEnd);
  rightwards('connecting.stopping', connectingEnd - PAD, 0);
  const endY = rightY + 17;
  const attemptingEnd =
    endY -
    minHeight('connecting.stopping') -
    space('connecting.attempting', 'connecting.stopping') -
    14;
  const drainingY = endY - minHeight('connecting.stopping');
  put(
    'connecting.attempting',
    left + PAD,
    22 + TITLE + 20 + lines.state('connecting') * LINE,
    connectingEnd - PAD,
    attemptingEnd,
  );
  put('connecting.stopping', left + PAD, drainingY, connectingEnd - PAD, endY);
  const downX = left + PAD + 20;
  route('connecting.attempting', 'connecting.stopping', downX, attemptingEnd, downX, drainingY);
  put('connecting', left, 22, connectingEnd, endY + PAD);
  put('stopped', right, 22, right + rightWidth, endY + PAD);

  return { width: right + rightWidth + 20, height: endY + PAD + 22, boxes, routes };
}
