import { crc32, deflateSync } from 'node:zlib';

const COLOURS = 256;

/** A PNG with 256 colours: a third of the size, and of a drawn page one sees no difference. */
export function palettePng(rgba: Uint8Array, width: number, height: number): Buffer {
  const colourAt = (i: number) =>
    ((rgba[i] ?? 0) << 16) | ((rgba[i + 1] ?? 0) << 8) | (rgba[i + 2] ?? 0);
  const counts = new Map<number, number>();
  for (let i = 0; i < rgba.length; i += 4) {
    const colour = colourAt(i);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = chooseColours(counts);
  const places = new Map<number, number>();
  const placeOf = (colour: number) => {
    const known = places.get(colour) ?? nearest(colour, palette);
    places.set(colour, known);
    return known;
  };
  const rows = Buffer.alloc((width + 1) * height); // each row begins with its filter: none
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows[y * (width + 1) + 1 + x] = placeOf(colourAt((y * width + x) * 4));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits a pixel, which is a place in the palette
  const colours = Buffer.from(palette.flatMap((it) => [it >> 16, (it >> 8) & 255, it & 255]));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The most frequent first, but none that is hardly another than one already chosen. */
function chooseColours(counts: ReadonlyMap<number, number>): number[] {
  const byCount = [...counts].toSorted(([, a], [, b]) => b - a).map(([colour]) => colour);
  const chosen: number[] = [];
  for (const apart of [150, 40, 0]) {
    for (const colour of byCount) {
      if (chosen.length === COLOURS) return chosen;
      if (chosen.every((other) => distance(colour, other) > apart)) chosen.push(colour);
    }
  }
  return chosen;
}

function nearest(colour: number, palette: readonly number[]): number {
  let best = 0;
  palette.forEach((other, i) => {
    if (distance(colour, other) < distance(colour, palette[best] ?? 0)) best = i;
  });
  return best;
}

function distance(a: number, b: number): number {
  const part = (shift: number) => (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2;
  return part(16) + part(8) + part(0);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
