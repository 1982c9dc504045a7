import { Life, type World } from './life.js';

export interface Exploration {
  readonly lives: number;
  /** How many states there were that look different. */
  readonly states: number;
  /** The first sequence that broke a claim, with the claims; a shortest one. */
  readonly failure?: { readonly path: readonly string[]; readonly broken: readonly string[] };
}

export interface ExplorationOptions {
  readonly world: World;
  /** How many choices a life has at the most. */
  readonly depth: number;
  /** Up to which choice the windows of microtasks are tried as well. */
  readonly windowDepth: number;
  /**
   * Goes one step further from a state that looks like an earlier one, too, and fails unless each choice leads to what
   * it led to before: that states which look the same are the same is a claim like others.
   */
  readonly verifies?: boolean;
}

/** Where a life can go: which choices led there, by their names. */
type Path = readonly string[];

/** Lives every life, the short ones first; from states that look the same it goes on once. */
export async function explore(options: ExplorationOptions): Promise<Exploration> {
  const { world, depth, windowDepth, verifies = false } = options;
  /** The states there were; with `verifies` also where each choice led. */
  const seen = new Map<string, Map<string, string>>();
  let lives = 0;
  const failed = (path: Path, broken: readonly string[]): Exploration => ({
    lives,
    states: seen.size,
    failure: { path, broken },
  });

  let frontier: { readonly path: Path; readonly state: string; readonly isNew: boolean }[] = [];
  const first = await relive(world, []);
  lives += 1;
  const state = first.signature();
  seen.set(state, new Map());
  frontier.push({ path: [], state, isNew: true });
  const wrong = [...first.check(), ...(await first.finish())];
  if (wrong.length > 0) return failed([], wrong);

  for (let length = 0; length < depth; length++) {
    const longer: typeof frontier = [];
    for (const { path, state: from, isNew } of frontier) {
      const led = seen.get(from) as Map<string, string>;
      let life = await relive(world, path);
      const names = life.choices(isNew && length < windowDepth).map(({ name }) => name);
      for (const name of names) {
        // What changed nothing has left the life where it was.
        if (life.signature() !== from || verifies) life = await relive(world, path);
        const choice = life.choice(name);
        lives += 1;
        await life.live(choice);
        const to = life.signature();
        const isKnown = seen.has(to);
        const broken = life.check();
        if (isNew && verifies) led.set(name, to);
        if (!isNew && led.get(name) !== to) {
          broken.push(`the same choice leads from ${from} to ${led.get(name)} and to ${to}`);
        }
        // What looks like an earlier state has been followed to its end from there.
        if (broken.length === 0 && (!isKnown || choice.isLast))
          broken.push(...(await life.finish()));
        if (broken.length > 0) return failed([...path, name], broken);
        if (!isNew || choice.isLast || (isKnown && !verifies)) continue;
        if (!isKnown) seen.set(to, new Map());
        longer.push({ path: [...path, name], state: to, isNew: !isKnown });
      }
    }
    frontier = longer;
  }
  return { lives, states: seen.size };
}

/** A new life in which the same choices are made. */
async function relive(world: World, path: Path): Promise<Life> {
  const life = new Life(world);
  await life.settle();
  for (const name of path) await life.live(life.choice(name));
  return life;
}
