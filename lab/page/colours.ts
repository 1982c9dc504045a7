import { statePaths } from '../../src/machine/vocabulary.js';

/** How strong the colour of a state is among those of the same top-level state, in %. */
const strengths: Readonly<Record<string, number>> = {
  'running.stable': 100,
  'running.settling': 60,
  'connecting.attempting': 100,
  'connecting.queued': 45,
  'waiting.delaying': 75,
};

/** The colour of a state, as a CSS value: that of the inspector. */
export function colourOf(path: string): string {
  const [top] = path.split('.');
  return `color-mix(in srgb, var(--${top}) ${strengths[path] ?? 30}%, var(--card))`;
}

/** From the bottom of the river to its top: who is back lies at the bottom. */
export const riverOrder: readonly number[] = [
  'running',
  'connecting',
  'waiting',
  'stopped',
].flatMap((top) =>
  statePaths
    .map((path, state) => ({ path, state }))
    .filter(({ path }) => path.split('.')[0] === top)
    .toSorted((a, b) => (strengths[b.path] ?? 0) - (strengths[a.path] ?? 0))
    .map(({ state }) => state),
);

/** Values of CSS as a canvas takes them; asked again when the scheme has changed. */
export class Palette {
  readonly #probe = document.createElement('span');
  readonly #known = new Map<string, string>();

  constructor() {
    this.#probe.hidden = true;
    document.body.append(this.#probe);
  }

  forget(): void {
    this.#known.clear();
  }

  of(value: string): string {
    let known = this.#known.get(value);
    if (known === undefined) {
      this.#probe.style.color = value;
      known = getComputedStyle(this.#probe).color;
      this.#known.set(value, known);
    }
    return known;
  }
}
