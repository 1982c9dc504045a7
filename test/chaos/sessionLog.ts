import type { SessionRecord } from './records.js';

const FIELDS = 4;
const ROWS = 4096;

/** Records of sessions, kept beside the heap: what they take there would look like a leak of the links. */
export class SessionLog {
  readonly #blocks: Float64Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add({ link, port = Number.NaN, onAt, offAt }: SessionRecord): void {
    const row = this.#length % ROWS;
    if (row === 0) this.#blocks.push(new Float64Array(ROWS * FIELDS));
    this.#blocks.at(-1)!.set([link, port, onAt, offAt], row * FIELDS);
    this.#length += 1;
  }

  all(): SessionRecord[] {
    return Array.from({ length: this.#length }, (_, index) => {
      const at = (index % ROWS) * FIELDS;
      const [link, port, onAt, offAt] = this.#blocks[Math.floor(index / ROWS)]!.subarray(
        at,
        at + FIELDS,
      ) as unknown as [number, number, number, number];
      return { link, port: Number.isNaN(port) ? undefined : port, onAt, offAt };
    });
  }
}
