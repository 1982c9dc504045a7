/** An entry of a stream. */
export class RedisStreamMessage {
  constructor(
    /** Its id, `milliseconds-sequence`. */
    readonly id: string,
    /** Its fields and their values, in bytes and in their order; a field may come twice. */
    readonly entries: readonly (readonly [field: Buffer, value: Buffer])[],
  ) {}

  /** The fields as UTF-8; of those with one name the last. */
  get fields(): Record<string, string> {
    return Object.fromEntries(this.entries.map(([field, value]) => [String(field), String(value)]));
  }
}
