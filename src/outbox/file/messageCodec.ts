const BYTES = 0;
const JSON_TEXT = 1;

/** A Uint8Array as it is, all else as JSON; the first byte says which. */
export function encodeMessage(message: unknown): Uint8Array {
  return message instanceof Uint8Array
    ? Buffer.concat([Buffer.of(BYTES), message])
    : Buffer.concat([Buffer.of(JSON_TEXT), Buffer.from(JSON.stringify(message))]);
}

/** The message of such bytes, of whatever type it was. */
export function decodeMessage(bytes: Uint8Array): unknown {
  const rest = bytes.subarray(1);
  // A copy: a view would keep the whole log in memory.
  if (bytes[0] === BYTES) return new Uint8Array(rest);
  return JSON.parse(new TextDecoder().decode(rest));
}
