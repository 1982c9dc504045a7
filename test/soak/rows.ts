/** What was promised beside what was seen. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly atMost: string;
  readonly isOver: boolean;
}

/** A count that has to be 0. */
export function none(what: string, count: number): Row {
  return { what, measured: String(count), atMost: '0', isOver: count !== 0 };
}

/** Heap in use that must not grow: within 3 %, and 200 kB for what V8 compiles meanwhile. */
export function flat(what: string, early: number, late: number): Row {
  const measured = `${megabytes(early)} → ${megabytes(late)}`;
  return { what, measured, atMost: '+3 % and 0.2 MB', isOver: late > early * 1.03 + 200_000 };
}

/** A figure beside that of the bare thing, which was taken in the same run. */
export function ratio(what: string, own: number, bare: number, most: number, unit: string): Row {
  const times = own / bare;
  const measured = `${show(own)} ${unit}, bare ${show(bare)} ${unit}: ${times.toFixed(2)} times`;
  return { what, measured, atMost: `${most} times`, isOver: times > most };
}

/** Something that has to be so. */
export function holds(what: string, isSo: boolean, measured = isSo ? 'yes' : 'no'): Row {
  return { what, measured, atMost: 'yes', isOver: !isSo };
}

/** Heap in use after collection, in bytes; what waits for a finalizer, or for the next turn, is gone, too. */
export async function heapAfterCollection(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('start Node with --expose-gc');
  for (let turn = 0; turn < 4; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    gc();
  }
  return process.memoryUsage().heapUsed;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

function show(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1);
}

/** Hands the rows to main.ts. */
export function say(rows: readonly Row[]): void {
  process.send?.(rows);
}
