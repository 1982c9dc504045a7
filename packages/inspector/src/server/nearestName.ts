// Duplicated from src/core/check.ts, because the packages do not share internal code.

/** The name with the fewest edits (Levenshtein's distance), ignoring case. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  return known.toSorted((a, b) => distance(name, a) - distance(name, b))[0];
}

function distance(from: string, to: string): number {
  const letters = Array.from(to.toLowerCase());
  const row = [0, ...letters.map((_, i) => i + 1)];
  for (const letter of from.toLowerCase()) {
    // The value of the previous row and column.
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
