import type { ActorSummary, Message, ServerMessage, Totals } from '../protocol.js';
import type { Chart, ChartEdge } from './definition/chart.js';
import { chartOf } from './definition/chartOf.js';
import type { Lifeline } from './sequenceView.js';
import { type Step, Steps } from './steps.js';

const MAX_MESSAGES = 2000;
const MAX_CHARTS = 50;

type HistoryMessage = ServerMessage & { type: 'history' };

/** A moment of an actor; of several steps in one millisecond the nth, from 0. */
export interface Moment {
  readonly key: string;
  readonly at: number;
  readonly nth: number;
}

/** The page's data: a summary of all actors, and all of the selected one. It accesses no element. */
export class Store {
  readonly actors = new Map<string, ActorSummary>();
  totals: Totals | undefined;
  producerUrl = '';
  selected: string | undefined;
  /** The actor of the current chart and steps; differs from `selected` until the server has answered. */
  opened: string | undefined;
  chart: Chart = chartOf(null, '');
  /** Why it has no chart although its app sent a definition. */
  lostDefinition: string | undefined;
  steps = new Steps(this.chart, 0);
  messages: Message[] = [];
  /** The moment to compare with. */
  pinned: Step | undefined;
  /** The name of the displayed recording. */
  recording: string | undefined;
  /** A moment from the address, until it is shown. */
  #wanted: Moment | undefined;
  /** The number of the displayed step; undefined for the newest, even when it changes. */
  cursor: number | undefined;
  /** Edges taken since they were last read: they flash. */
  #taken: ChartEdge[] = [];
  #instance = '';
  /** The name of the selected actor, by which it is found again after a restart of the server. */
  #name: string | undefined;
  readonly #charts = new Map<string, Chart>();
  readonly #select: (key: string) => void;

  /** `select` requests an actor from the server. */
  constructor(select: (key: string) => void) {
    this.#select = select;
  }

  get place(): number {
    return this.cursor === undefined ? this.steps.list.length - 1 : this.steps.placeOf(this.cursor);
  }

  get step(): Step | undefined {
    return this.steps.list[this.place];
  }

  nameOf = (key: string): string => this.actors.get(key)?.name ?? key.split('/').at(-1) ?? key;

  lineOf = (key: string): Lifeline => {
    const { parent = '' } = this.actors.get(key) ?? {};
    const title = this.nameOf(key);
    return { id: parent === '' ? key : `${parent} ${title}`, title };
  };

  /** `characters` is the length of the message's text. */
  receive(message: ServerMessage, characters = 0): void {
    switch (message.type) {
      case 'hello':
        this.#meet(message.instance);
        this.producerUrl = message.producerUrl;
        this.recording = message.recording;
        break;
      case 'actors':
        if (message.isAnew) this.actors.clear();
        for (const key of message.removed) this.actors.delete(key);
        for (const actor of message.changed) this.actors.set(actor.key, actor);
        this.totals = message.totals;
        this.#selectFirst();
        break;
      case 'history':
        if (message.key === this.selected) this.#open(message, characters);
        break;
      case 'news': {
        if (message.key !== this.opened) return;
        const before = this.steps.list.at(-1)?.seq ?? -1;
        const each = characters / (message.records.length + 1);
        for (const record of message.records) this.steps.add(record, each);
        const news = this.steps.list.slice(this.steps.placeOf(before) + 1);
        if (this.cursor === undefined) this.#taken.push(...news.flatMap(({ edges }) => edges));
        this.messages.push(...message.messages);
        if (this.messages.length > MAX_MESSAGES) this.messages.splice(0, MAX_MESSAGES / 2);
      }
    }
  }

  /** Shows a moment as soon as its actor is known. */
  want(moment: Moment): void {
    this.#wanted = moment;
    this.#selectFirst();
  }

  /** The displayed moment; undefined if it is the newest one, even when that changes. */
  get moment(): Moment | undefined {
    const { step, selected, steps, place } = this;
    if (this.cursor === undefined || step === undefined || selected === undefined) return undefined;
    const first = steps.list.findIndex(({ at }) => at === step.at);
    return { key: selected, at: step.at, nth: place - first };
  }

  /** Pins the displayed moment, or removes the pin. */
  pin(): void {
    this.pinned = this.pinned === undefined ? this.step : undefined;
  }

  select(key: string): void {
    this.selected = key;
    this.pinned = undefined;
    if (this.#wanted?.key !== key) this.#wanted = undefined;
    this.#name = this.actors.get(key)?.name;
    this.cursor = undefined;
    this.steps = new Steps(this.chart, 0);
    this.messages = [];
    this.opened = undefined;
    this.#select(key);
  }

  /** Shows the step at an index; undefined for the newest one at any time. */
  moveTo(place: number | undefined): void {
    const step = place === undefined ? undefined : this.steps.list[place];
    this.cursor = step?.seq;
    this.#taken.push(...(step?.edges ?? []));
  }

  takeEdges(): ChartEdge[] {
    return this.#taken.splice(0);
  }

  /** Messages up to the displayed moment. */
  messagesSoFar(): readonly Message[] {
    const { cursor } = this;
    return cursor === undefined ? this.messages : this.messages.filter(({ seq }) => seq <= cursor);
  }

  #meet(instance: string): void {
    if (instance !== this.#instance) {
      this.selected = undefined;
      this.cursor = undefined;
    }
    this.#instance = instance;
    // A new connection sends everything again.
    this.actors.clear();
    if (this.selected !== undefined) this.#select(this.selected);
  }

  /** Selects the first top-level machine, else the first actor; after a restart of the server, by name. */
  #selectFirst(): void {
    const wanted = this.#wanted?.key;
    if (wanted !== undefined && this.actors.has(wanted)) {
      if (wanted !== this.selected) this.select(wanted);
      else if (this.opened === wanted) this.#showWanted();
      return;
    }
    if (this.selected !== undefined && this.actors.has(this.selected)) return;
    const all = [...this.actors.values()];
    const tops = all.filter(({ parent }) => parent === undefined);
    const same = all.find(({ name, isMachine }) => name === this.#name && isMachine);
    const first = same ?? tops.find(({ isMachine }) => isMachine) ?? tops[0];
    if (first) this.select(first.key);
  }

  #open(
    { definition, lostDefinition, dropped, records, messages, key }: HistoryMessage,
    characters: number,
  ): void {
    this.chart = this.#chartFor(definition, this.nameOf(key));
    this.lostDefinition = lostDefinition;
    this.opened = key;
    this.steps = new Steps(this.chart, dropped);
    for (const record of records) this.steps.add(record, characters / (records.length + 1));
    this.messages = [...messages];
    this.#taken = [];
    this.pinned = undefined;
    this.#showWanted();
  }

  #showWanted(): void {
    const { at, nth } = this.#wanted ?? { at: 0, nth: -1 };
    this.#wanted = undefined;
    if (nth < 0) return;
    const { list } = this.steps;
    const first = list.findIndex((step) => step.at === at);
    // The step was removed: selects the nearest one before it, or the first.
    const place =
      first < 0
        ? Math.max(
            0,
            list.findLastIndex((step) => step.at <= at),
          )
        : first + nth;
    this.moveTo(Math.min(place, list.length - 1));
  }

  #chartFor(definition: string | null, name: string): Chart {
    const key = definition ?? name;
    const chart = this.#charts.get(key) ?? chartOf(definition, name);
    if (this.#charts.size >= MAX_CHARTS) this.#charts.clear();
    this.#charts.set(key, chart);
    return chart;
  }
}
