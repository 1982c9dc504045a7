/** A line of an outbox with its sum, so that a damaged one is not taken for another. */
export function sealed(text: string): string {
  return `${text} ${sumOf(text)}`;
}

/** What was sealed; undefined for a line that was damaged. */
export function opened(line: string): string | undefined {
  const at = line.lastIndexOf(' ');
  const text = line.slice(0, at);
  return at > 0 && line.slice(at + 1) === String(sumOf(text)) ? text : undefined;
}

/** FNV-1a. */
function sumOf(text: string): number {
  let sum = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1) {
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x0100_0193);
  }
  return sum >>> 0;
}
