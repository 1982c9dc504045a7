import { innermostOf } from './configuration.js';
import { short } from './definition/fields.js';
import { differencesOf } from './diff.js';
import { byId, html } from './elements.js';
import type { Step } from './steps.js';
import { eventOf } from './timeline.js';
import { tree } from './tree.js';
import { clockTime, duration, wordsOf } from './words.js';

/** The data of an actor at a step: errors first, then context, output and the event itself. */
export class Details {
  readonly #host = byId('context');
  #shown = '';
  #step: Step | undefined;

  constructor() {
    const copy = byId('copy');
    copy.addEventListener('click', () => {
      const { context } = this.#step?.snapshot ?? {};
      void navigator.clipboard.writeText(JSON.stringify(context ?? null, null, 2)).then(
        () => said(copy, 'Copied'),
        () => said(copy, 'Not allowed'),
      );
    });
  }

  /** `pinned` is another moment to compare with; `engine` is the actor's engine if that is not XState. */
  show(
    step: Step | undefined,
    before: Step | undefined,
    nameOf: (key: string) => string,
    {
      pinned,
      engine,
    }: { readonly pinned?: Step | undefined; readonly engine?: string | undefined },
  ): void {
    const key = step ? `${step.seq} ${before?.seq} ${pinned?.seq} ${engine}` : '';
    if (key === this.#shown) return;
    this.#shown = key;
    this.#step = step;
    if (step === undefined) {
      this.#host.replaceChildren(html('p', { class: 'empty' }, 'Nothing has happened yet.'));
      return;
    }
    const { snapshot, event, from, isExact, edges } = step;
    const parts: HTMLElement[] = [];
    if (pinned !== undefined && pinned !== step) parts.push(comparison(pinned, step));
    for (const [name, error] of errorsOf(step)) {
      parts.push(html('section', { class: 'error' }, html('h3', {}, name), errorView(error)));
    }
    if (snapshot.context !== undefined) {
      const changed = changesOf(before?.snapshot.context, snapshot.context);
      parts.push(html('section', {}, html('h3', {}, 'Context'), tree(snapshot.context, changed)));
    }
    if (snapshot.output !== undefined) {
      parts.push(html('section', {}, html('h3', {}, 'Output'), tree(snapshot.output)));
    }
    const sender = from === undefined ? '' : ` from ${nameOf(from)}`;
    if (event.type !== '') {
      const title = html('h3', {}, `Event: ${eventOf(step)}${sender}`);
      parts.push(html('section', {}, title, tree(event)));
    }
    if (step.emitted.length > 0) {
      const events = step.emitted.map((emitted) => tree(emitted));
      parts.push(html('section', { class: 'emitted' }, html('h3', {}, 'Emitted'), ...events));
    }
    if (step.actions.length > 0) {
      const names = html('p', {}, step.actions.join(', '));
      parts.push(html('section', { class: 'actions' }, html('h3', {}, 'Actions'), names));
    }
    if (engine !== undefined) {
      const note = `The ${engine} engine has no microsteps: arrows are inferred from states.`;
      parts.push(html('p', { class: 'note' }, note));
    } else if (edges.length > 0 && !isExact) {
      const note = 'The arrow is inferred: this app does not send its microsteps.';
      parts.push(html('p', { class: 'note' }, note));
    }
    this.#host.replaceChildren(...parts);
  }
}

/** The differences between two moments of an actor, the earlier one first. */
function comparison(pinned: Step, step: Step): HTMLElement {
  const [early, late] = pinned.seq < step.seq ? [pinned, step] : [step, pinned];
  const title = `From ${clockTime(early.at)} to ${clockTime(late.at)} (${duration(late.at - early.at)})`;
  const paths = ({ configuration }: Step) => innermostOf(configuration).map(({ path }) => path);
  const [from, to] = [paths(early), paths(late)];
  const lines = [
    ...from
      .filter((path) => !to.includes(path))
      .map((path) => change('−', `state ${path}`, 'gone')),
    ...to.filter((path) => !from.includes(path)).map((path) => change('+', `state ${path}`, 'new')),
    ...differencesOf(early.snapshot.context, late.snapshot.context).map(({ path, before, after }) =>
      change('±', `${path}: ${brief(before)} → ${brief(after)}`, 'changed'),
    ),
  ];
  const none = html('p', { class: 'note' }, 'States and context are the same.');
  return html(
    'section',
    { class: 'diff' },
    html('h3', {}, title),
    ...(lines.length > 0 ? lines : [none]),
  );
}

function change(sign: string, text: string, kind: string): HTMLElement {
  return html('p', { class: kind }, html('span', { 'aria-hidden': 'true' }, sign), ` ${text}`);
}

function brief(value: unknown): string {
  return value === undefined ? 'nothing' : short(JSON.stringify(value), 200);
}

/** Shows a result on a button, until the pointer or the focus leaves it. */
function said(button: HTMLElement, text: string): void {
  const own = button.dataset['label'] ?? button.textContent;
  button.dataset['label'] = own ?? '';
  button.textContent = text;
  button.addEventListener('pointerleave', () => (button.textContent = own), { once: true });
  button.addEventListener('blur', () => (button.textContent = own), { once: true });
}

/** The errors of a step: the snapshot's own, the event's, and those in a context or output. */
function errorsOf({ snapshot, event }: Step): [name: string, error: unknown][] {
  const found: [string, unknown][] = [];
  const seen = new Set<string>();
  const add = (name: string, holder: unknown, key: string) => {
    if (typeof holder !== 'object' || holder === null || !(key in holder)) return;
    const error = (holder as Record<string, unknown>)[key];
    // `schmoozer/inspect` sends the type of values that it may not send.
    if (error === undefined || error === null || error === '[undefined]') return;
    // The same error is often in the event and in the context.
    const text = signature(error);
    if ([...seen].some((other) => other.includes(text))) return;
    seen.add(text);
    found.push([name, error]);
  };
  add('The actor failed', snapshot, 'error');
  if (event.type.startsWith('xstate.error.')) add(wordsOf(event.type), event, 'error');
  add('Error in the output', snapshot.output, 'error');
  add('Last error', snapshot.context, 'lastError');
  add('Error in the context', snapshot.context, 'error');
  return found;
}

/** Formats as text, independent of the order of the keys. */
function signature(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function errorView(error: unknown): HTMLElement {
  if (typeof error !== 'object' || error === null) return tree(error);
  const { name, message, code, ...rest } = error as Record<string, unknown>;
  const head = [name, message].filter((part) => typeof part === 'string').join(': ');
  const box = html('div');
  if (head !== '') {
    const isSaid = typeof code !== 'string' || head.includes(code);
    box.append(html('p', { class: 'message' }, isSaid ? head : `${head} (${code})`));
    if (Object.keys(rest).length > 0) box.append(tree(rest));
  } else {
    const lost = 'Its name and message were not sent: JSON omits these fields of an Error.';
    box.append(html('p', { class: 'note' }, lost), tree(error));
  }
  return box;
}

function changesOf(before: unknown, after: unknown): Set<string> {
  const changed = new Set<string>();
  if (typeof before !== 'object' || before === null) return changed;
  if (typeof after !== 'object' || after === null) return changed;
  for (const [key, value] of Object.entries(after)) {
    const old = (before as Record<string, unknown>)[key];
    if (JSON.stringify(old) !== JSON.stringify(value)) changed.add(key);
  }
  return changed;
}
