/** The first byte of each acknowledgement packet. */
const types = { puback: 0x40, pubrec: 0x50, pubrel: 0x62 } as const;

/** Creates an acknowledgement packet; a reason code other than 0 needs MQTT 5. */
export function acknowledgement(
  type: keyof typeof types,
  packetId: number,
  reasonCode = 0,
): Uint8Array {
  const id = [packetId >> 8, packetId & 0xff];
  const rest = reasonCode === 0 ? id : [...id, reasonCode];
  return Uint8Array.of(types[type], rest.length, ...rest);
}
