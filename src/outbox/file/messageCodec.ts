const BYTES = 0;
const JSON_TEXT = 1;

/** Encodes a Uint8Array unchanged, everything else as JSON; the first byte says which. */
export function encodeMessage(message: unknown): Uint8Array {
  return message instanceof Uint8Array
    ? Buffer.concat([Buffer.of(BYTES), message])
    : Buffer.concat([Buffer.of(JSON_TEXT), Buffer.from(JSON.stringify(message))]);
}

/** Decodes such bytes to a message of the original type. */
export function decodeMessage(bytes: Uint8Array): unknown {
  const rest = bytes.subarray(1);
  // A copy, because a view would keep the whole log in memory.
  if (bytes[0] === BYTES) return new Uint8Array(rest);
  return JSON.parse(new TextDecoder().decode(rest));
}
