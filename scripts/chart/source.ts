// Why: docs/decisions/0062-the-chart-compiled.md
import { actions } from '../../src/machine/actions.js';
import { delays } from '../../src/machine/delays.js';
import type { Branch, Leaf, Op, Table } from './table.js';

/** The table as straight-line code: a function for each leaf and event, and what the functions share. */
export function source(table: Table): string {
  const names = new Names();
  const steps = table.leaves.flatMap((leaf) => {
    const types = Object.keys(leaf.on);
    return types.map((type) => functionOf(table, leaf, type, names));
  });
  const begin = beginOf(table, names);
  const again = againOf(table, names);
  return [
    HEAD,
    ...names.declarations(),
    '',
    ...names.passages,
    ...steps,
    begin,
    again,
    ...table.leaves.map(leafOf),
    'export const leaves: readonly Leaf[] = [',
    ...table.leaves.map(({ path }) => `  ${nameOf(path)},`),
    '];',
    '',
  ].join('\n');
}

const HEAD = `// Written by \`npm run chart\` from src/machine/chart.ts: what the chart does, leaf by leaf, event by event. Do not edit.
// A step decides first, in the order of the chart: guards, updates, and what is to be said and asked. Then it enters
// its leaf, and acts. Engines of statecharts do the same.
import { abortReason, actions, inputs } from '../machine/actions.js';
import type { MachineEvent, Moment } from '../machine/context.js';
import { delays } from '../machine/delays.js';
import { guards } from '../machine/guards.js';
import type { ReconnectEmitted } from '../machine/vocabulary.js';
import { children } from './children.js';
import type { Leaf, StepScope } from './leaf.js';
`;

/** What the code uses, by kind. */
class Names {
  readonly #guards = new Set<string>();
  readonly #updates = new Set<string>();
  readonly #announcements = new Set<string>();
  readonly #delays = new Set<string>();
  readonly #timers = new Map<string, string>();
  readonly #passages = new Map<string, { readonly name: string; readonly code: string }>();

  guard(name: string): string {
    this.#guards.add(name);
    return name;
  }

  update(name: string): string {
    this.#updates.add(name);
    return name;
  }

  announcement(name: string): string {
    this.#announcements.add(name);
    return name;
  }

  delay(name: string): string {
    this.#delays.add(name);
    return name;
  }

  timer(event: string): string {
    const name = `${nameOf(event.split('.').slice(4).join('.'))}Timer`;
    this.#timers.set(name, event);
    return name;
  }

  /** @param make the body of the function, if there is none yet */
  passage(
    leaf: string,
    told: readonly string[],
    effects: readonly string[],
    make: () => { readonly path: string; readonly body: readonly string[] },
  ): string {
    const key = `${leaf} ${effects.join(' ')}`;
    const found = this.#passages.get(key);
    if (found !== undefined) return found.name;
    const wanted = `${leaf}After${told.map(capitalized).join('') || 'Silence'}`;
    const others = [...this.#passages.values()].filter(({ name }) => name.startsWith(wanted));
    const name = others.length === 0 ? wanted : `${wanted}${others.length + 1}`;
    const { path, body } = make();
    const parameters = told.map((each) => `, ${each}: ReconnectEmitted | undefined`).join('');
    const code = [
      `/** ${path}, which is left at once. */`,
      `function ${name}(link: StepScope, moment: Moment${parameters}): void {`,
      ...body.map(indented),
      '}',
      '',
    ].join('\n');
    this.#passages.set(key, { name, code });
    return name;
  }

  get passages(): string[] {
    return [...this.#passages.values()].map(({ code }) => code);
  }

  declarations(): string[] {
    const member = (field: string) => (name: string) => `const ${name} = actions.${name}.${field};`;
    return [
      ...membersOf('guards', this.#guards),
      ...membersOf('delays', this.#delays),
      ...[...this.#updates].toSorted().map(member('update')),
      ...[...this.#announcements].toSorted().map(member('announcement')),
      '',
      ...[...this.#timers].map(
        ([name, event]) => `const ${name}: MachineEvent = { type: '${event}' };`,
      ),
    ];
  }
}

function membersOf(table: string, names: ReadonlySet<string>): string[] {
  return ['const {', ...[...names].toSorted().map((name) => `  ${name},`), `} = ${table};`];
}

/** `connecting.attempting` as `connectingAttempting`. */
function nameOf(path: string): string {
  return path
    .split(/\W/)
    .map((word, i) => (i === 0 ? word : capitalized(word)))
    .join('');
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** `xstate.error.actor.run` as `RunError`. */
function titleOf(type: string): string {
  const [, kind = '', what = '', child = ''] = type.split('.');
  if (!type.startsWith('xstate.')) return capitalized(nameOf(type));
  return kind === 'after' ? `After${capitalized(what)}` : capitalized(child) + capitalized(kind);
}

function stepName({ path }: Leaf, type: string): string {
  return `${nameOf(path)}On${titleOf(type)}`;
}

function functionOf(table: Table, leaf: Leaf, type: string, names: Names): string {
  const code = new Code(table, names);
  const body = code.choice(leaf.on[type] ?? [], [], new Locals(), () => []);
  return [
    `/** ${leaf.path}, on \`${type}\`. */`,
    `function ${stepName(leaf, type)}(${parametersOf(body)}): void {`,
    ...body.map(indented),
    '}',
    '',
  ].join('\n');
}

/** Some steps need not know of the moment. */
function parametersOf(body: readonly string[]): string {
  const isTold = body.some((line) => /\bmoment\b/.test(line));
  return isTold ? 'link: StepScope, moment: Moment' : 'link: StepScope';
}

/** Before its start a link decides; the answer is what it does when it starts. */
function beginOf(table: Table, names: Names): string {
  const code = new Code(table, names, true);
  const body = code.choice([table.initial], [], new Locals(), () => []);
  return [
    '/** Decides how a link begins; answers with what is to be done when it starts. */',
    'export function begin(link: StepScope, moment: Moment): () => void {',
    ...body.map(indented),
    '}',
    '',
  ].join('\n');
}

/** What a link does that is started again in some leaf: the child and the timer of the leaf begin once more. */
function againOf(table: Table, names: Names): string {
  const code = new Code(table, names, true);
  return [
    '/** What is to be done where a link that was stopped goes on from a snapshot: its child and its timer begin once more. */',
    'export function again(link: StepScope, moment: Moment, leaf: Leaf): () => void {',
    '  switch (leaf.path) {',
    ...table.leaves.flatMap((leaf) => {
      const begins = leaf.goingOn.length > 0 && !leaf.isFinal && leaf.always.length === 0;
      if (!begins) return [];
      const body = code.choice(
        [{ target: leaf.path, ops: leaf.goingOn }],
        [],
        new Locals(),
        () => [],
      );
      return [`    case '${leaf.path}': {`, ...body.map((line) => `      ${line}`), '    }'];
    }),
    '    default:',
    '      link.enter(leaf);',
    '      return () => {};',
    '  }',
    '}',
    '',
  ].join('\n');
}

/** Names of one function's constants, none of them twice. */
class Locals {
  readonly #taken: ReadonlySet<string>;

  constructor(taken: ReadonlySet<string> = new Set()) {
    this.#taken = taken;
  }

  add(name: string): { readonly name: string; readonly locals: Locals } {
    let free = name;
    for (let i = 2; this.#taken.has(free); i++) free = `${name}${i}`;
    return { name: free, locals: new Locals(new Set([...this.#taken, free])) };
  }
}

class Code {
  readonly #table: Table;
  readonly #names: Names;
  readonly #isBegin: boolean;

  constructor(table: Table, names: Names, isBegin = false) {
    this.#table = table;
    this.#names = names;
    this.#isBegin = isBegin;
  }

  /** The first branch whose guard holds; where none does, `otherwise`. */
  choice(
    branches: readonly Branch[],
    effects: readonly string[],
    locals: Locals,
    otherwise: () => string[],
  ): string[] {
    const isTotal = branches.at(-1)?.guard === undefined && branches.length > 0;
    return [
      ...branches.flatMap((branch, i) => {
        const isLast = i === branches.length - 1;
        const body = this.#branch(branch, effects, locals, isLast && isTotal);
        if (branch.guard === undefined) return body;
        const guard = this.#names.guard(branch.guard);
        if (body.length === 1) return [`if (${guard}(moment)) ${body[0]}`];
        return [`if (${guard}(moment)) {`, ...body.map(indented), '}'];
      }),
      ...(isTotal ? [] : otherwise()),
    ];
  }

  #branch(branch: Branch, before: readonly string[], locals: Locals, isTail: boolean): string[] {
    const { target, ops } = branch;
    const decisions: string[] = [];
    const effects = [...before];
    let names = locals;
    const local = (wanted: string, value: string) => {
      const added = names.add(wanted);
      names = added.locals;
      decisions.push(`const ${added.name} = ${value};`);
      return added.name;
    };
    refuseLateAbandon(ops);
    for (const op of ops) this.#op(op, decisions, effects, local);
    const end = (text: readonly string[]) => (isTail ? [...text] : [...text, 'return;']);
    if (target === undefined) {
      return ops.length === 0 ? ['return;'] : end([...decisions, ...effects]);
    }
    const leaf = this.#table.leaves.find(({ path }) => path === target) as Leaf;
    const enter = () => this.#enter(leaf, effects);
    if (leaf.always.length === 0) {
      return this.#isBegin ? [...decisions, ...enter()] : end([...decisions, ...enter()]);
    }
    if (this.#isBegin) return [...decisions, ...this.choice(leaf.always, effects, names, enter)];
    return end([...decisions, this.#passage(leaf, effects)]);
  }

  /** The call of a function for a leaf that is left at once: one for all steps that have the same things to do then. */
  #passage(leaf: Leaf, effects: readonly string[]): string {
    const told = effects.flatMap((effect) => /^link\.tell\((\w+)\)/.exec(effect)?.[1] ?? []);
    const name = this.#names.passage(nameOf(leaf.path), told, effects, () => {
      const locals = told.reduce((all, each) => all.add(each).locals, new Locals());
      const body = this.choice(leaf.always, effects, locals, () => this.#enter(leaf, effects));
      return { path: leaf.path, body };
    });
    return `${name}(${['link', 'moment', ...told].join(', ')});`;
  }

  #enter(leaf: Leaf, effects: readonly string[]): string[] {
    const enter = `link.enter(${nameOf(leaf.path)});`;
    if (!this.#isBegin) return [enter, ...effects];
    // An engine starts the children of a first state before it does anything else.
    const isStart = (effect: string) => effect.startsWith('link.startChild(');
    const ordered = [...effects.filter(isStart), ...effects.filter((each) => !isStart(each))];
    return [enter, 'return () => {', ...ordered.map(indented), '};'];
  }

  #op(
    op: Op,
    decisions: string[],
    effects: string[],
    local: (wanted: string, value: string) => string,
  ): void {
    switch (op.type) {
      case 'start': {
        const input = local(`${op.child}Input`, `inputs.${op.child}(moment)`);
        effects.push(`link.startChild(children.${op.child}, ${input});`);
        return;
      }
      case 'stop':
        effects.push('link.stopChild();');
        return;
      case 'set': {
        const argument = delays[op.delay].length === 0 ? '' : 'moment';
        const ms = local(`${op.delay}Ms`, `${this.#names.delay(op.delay)}(${argument})`);
        effects.push(`link.setTimer(${this.#names.timer(op.event)}, ${ms});`);
        return;
      }
      case 'clear':
        effects.push('link.clearTimer();');
        return;
      case 'act':
        this.#act(op.name, decisions, effects, local);
    }
  }

  #act(
    name: keyof typeof actions,
    decisions: string[],
    effects: string[],
    local: (wanted: string, value: string) => string,
  ): void {
    const action = actions[name];
    switch (action.type) {
      case 'assign': {
        decisions.push(`link.assign(${this.#names.update(name)}, moment);`);
        return;
      }
      case 'emit': {
        const announcement = this.#names.announcement(name);
        // Who listens is not known before the start.
        const value = this.#isBegin
          ? `${announcement}(moment)`
          : `link.prepare(${announcement}, moment)`;
        const event = local(nameOfEvent(name), value);
        effects.push(`link.tell(${event});`);
        return;
      }
      case 'abort': {
        const reason = local('reason', `abortReason('${action.child}', moment)`);
        effects.push(`link.abort(${reason});`);
        return;
      }
      case 'abandon':
        decisions.push(`link.abandon(abortReason('${action.child}', moment));`);
        return;
      case 'ask':
        effects.push('link.ask();');
    }
  }
}

/**
 * The signal of `connect` fires in the middle of the decision, and who hears it may look at the snapshot: that must not show
 * an update of the same step yet. That of `retryDelay` fires when its child is stopped.
 */
function refuseLateAbandon(ops: readonly Op[]): void {
  const names = ops.flatMap((op) => (op.type === 'act' ? op.name : []));
  const before = names.slice(0, Math.max(0, names.indexOf('abandonConnect')));
  const update = before.find((name) => actions[name].type === 'assign');
  if (update !== undefined) throw new Error(`${update} before abandonConnect is not known here`);
}

/** `announceOpened` as `opened`. */
function nameOfEvent(action: string): string {
  const word = action.replace(/^announce/, '');
  return word.charAt(0).toLowerCase() + word.slice(1);
}

function indented(line: string): string {
  return line === '' ? line : `  ${line}`;
}

function leafOf(leaf: Leaf): string {
  const { path, value, tags, isFinal, on } = leaf;
  const types = Object.keys(on);
  const conditions = types.flatMap((type) => conditionOf(leaf, type));
  return [
    `const ${nameOf(path)}: Leaf = {`,
    `  path: '${path}',`,
    `  value: ${literal(value)},`,
    `  tags: new Set([${tags.map((tag) => `'${tag}'`).join(', ')}]),`,
    `  isFinal: ${isFinal},`,
    types.length === 0 ? '  steps: new Map(),' : '  steps: new Map([',
    ...types.map((type) => `    ['${type}', ${stepName(leaf, type)}],`),
    ...(types.length === 0 ? [] : ['  ]),']),
    conditions.length === 0 ? '  conditions: new Map(),' : '  conditions: new Map([',
    ...conditions,
    ...(conditions.length === 0 ? [] : ['  ]),']),
    '};',
    '',
  ].join('\n');
}

function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  const entries = Object.entries(value as object).map(
    ([key, below]) => `${key}: ${literal(below)}`,
  );
  return `{ ${entries.join(', ')} }`;
}

/** When an event does something, where it does not always. */
function conditionOf({ on }: Leaf, type: string): string[] {
  const branches = on[type] ?? [];
  const does = ({ target, ops }: Branch) => target !== undefined || ops.length > 0;
  if (branches.at(-1)?.guard === undefined && branches.every(does)) return [];
  const text = branches.reduceRight((rest, branch) => {
    const { guard } = branch;
    if (guard === undefined) return String(does(branch));
    if (does(branch))
      return rest === 'false' ? `${guard}(moment)` : `(${guard}(moment) || ${rest})`;
    return rest === 'true' ? `!${guard}(moment)` : `(!${guard}(moment) && ${rest})`;
  }, 'false');
  return [`    ['${type}', (moment: Moment) => ${text}],`];
}
