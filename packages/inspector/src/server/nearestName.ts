// The packages stand alone: the library has a copy of its own in src/core/check.ts.

/** The name that takes the fewest edits (Levenshtein's distance), whatever the case of the letters. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  return known.toSorted((a, b) => distance(name, a) - distance(name, b))[0];
}

function distance(from: string, to: string): number {
  const letters = Array.from(to.toLowerCase());
  const row = [0, ...letters.map((_, i) => i + 1)];
  for (const letter of from.toLowerCase()) {
    // Of the row before: one less in both directions.
    let corner = row[0] as number;
    row[0] = corner + 1;
    for (const [i, other] of letters.entries()) {
      const replaced = corner + (letter === other ? 0 : 1);
      corner = row[i + 1] as number;
      row[i + 1] = Math.min(replaced, corner + 1, (row[i] as number) + 1);
    }
  }
  return row.at(-1) as number;
}
