/** An entry of a stream. */
export class RedisStreamMessage {
  constructor(
    /** Its id, `milliseconds-sequence`. */
    readonly id: string,
    /** Its fields and their values, in bytes and in order; a field may occur twice. */
    readonly entries: readonly (readonly [field: Buffer, value: Buffer])[],
  ) {}

  /** The fields as UTF-8; the last one of those with equal names. */
  get fields(): Record<string, string> {
    return Object.fromEntries(this.entries.map(([field, value]) => [String(field), String(value)]));
  }
}
