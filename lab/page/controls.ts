import {
  areEqual,
  backoffs,
  bounded,
  bounds,
  type NumberName,
  type Settings,
} from '../model/settings.js';
import { benchPresets, otherPresets, type Preset } from '../model/presets.js';
import { numberText } from './plot.js';

interface NumberField {
  readonly label: string;
  readonly unit: string;
}

const numberFields: Readonly<Record<NumberName, NumberField>> = {
  clients: { label: 'Clients', unit: '' },
  processes: { label: 'Processes', unit: '' },
  capacity: { label: 'Capacity', unit: ' a second' },
  burst: { label: 'In one go', unit: '' },
  outageAt: { label: 'Outage begins at', unit: ' s' },
  outage: { label: 'Outage lasts', unit: ' s' },
  collapse: { label: 'Collapse: turning one away costs', unit: ' % of taking one in' },
  seed: { label: 'Seed', unit: '' },
};

/** What a slider of processes can stand at. */
const PROCESSES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

const all: readonly Preset[] = [...benchPresets, ...otherPresets];

/** The form: what it shows is a setting, and what is changed in it is another one. */
export class Controls {
  readonly #form: HTMLFormElement;
  readonly #presets: HTMLSelectElement;
  readonly #changed: (settings: Settings) => void;
  #settings: Settings;

  constructor(
    form: HTMLFormElement,
    presets: HTMLSelectElement,
    settings: Settings,
    changed: (settings: Settings) => void,
  ) {
    this.#form = form;
    this.#presets = presets;
    this.#settings = settings;
    this.#changed = changed;
    presets.append(
      new Option('your own', ''),
      group('From docs/benchmarks.md', benchPresets),
      group('More', otherPresets),
    );
    presets.addEventListener('change', () => {
      const preset = all.find(({ name }) => name === presets.value);
      if (preset) this.#take(preset.settings);
    });
    this.#build();
    this.show(settings);
  }

  show(settings: Settings): void {
    this.#settings = settings;
    for (const name of Object.keys(numberFields) as NumberName[]) {
      const value = settings[name];
      const input = this.#input(name);
      const text = `${numberText(value)}${numberFields[name].unit}`;
      input.value = String(name === 'processes' ? nearest(value) : value);
      input.setAttribute('aria-valuetext', text);
      const output = this.#form.querySelector(`output[for="${name}"]`);
      if (output) output.textContent = text;
    }
    for (const name of ['boot', 'limiter', 'budget'] as const)
      this.#input(name).checked = settings[name];
    for (const name of ['are', 'backoff'] as const) this.#select(name).value = settings[name];
    const isPaced = settings.limiter && settings.are === 'actors';
    this.#input('limiter').disabled = settings.are === 'formulas';
    this.#input('processes').disabled = !isPaced;
    this.#input('budget').disabled = !isPaced;
    this.#presets.value = all.find((preset) => areEqual(preset.settings, settings))?.name ?? '';
  }

  #take(settings: Settings): void {
    this.show(settings);
    this.#changed(settings);
  }

  #input(name: string): HTMLInputElement {
    return this.#form.elements.namedItem(name) as HTMLInputElement;
  }

  #select(name: string): HTMLSelectElement {
    return this.#form.elements.namedItem(name) as HTMLSelectElement;
  }

  #build(): void {
    this.#form.append(
      fieldset(
        'The server',
        ...(['capacity', 'burst', 'outageAt', 'outage', 'collapse'] as const).map((name) =>
          this.#number(name),
        ),
      ),
      fieldset(
        'The clients',
        this.#number('clients'),
        this.#choice('are', 'They are', {
          actors: 'real actors of schmoozer',
          formulas: 'formulas: a backoff alone',
        }),
        this.#choice('backoff', 'Backoff', backoffs),
        this.#switch('boot', 'Cold boot: all start within a second'),
        this.#number('seed'),
      ),
      fieldset(
        'The limiter',
        this.#switch('limiter', 'A limiter in each process'),
        this.#number('processes'),
        this.#switch('budget', 'The limiters share a budget'),
      ),
    );
  }

  #number(name: NumberName): HTMLElement {
    const { label } = numberFields[name];
    const isList = name === 'processes';
    const { min, max, step } = isList
      ? { min: 0, max: PROCESSES.length - 1, step: 1 }
      : bounds[name];
    const input = element('input', { type: 'range', id: name, name, min, max, step });
    input.addEventListener('input', () => {
      const value = Number(input.value);
      this.#take({
        ...this.#settings,
        [name]: bounded(name, isList ? (PROCESSES[value] ?? 1) : value),
      });
    });
    const head = element('label', { for: name });
    head.append(label, element('output', { for: name }));
    return wrap('field', head, input);
  }

  #choice(
    name: 'are' | 'backoff',
    label: string,
    options: Readonly<Record<string, string>>,
  ): HTMLElement {
    const select = element('select', { id: name, name });
    select.append(...Object.entries(options).map(([value, text]) => new Option(text, value)));
    select.addEventListener('change', () =>
      this.#take({ ...this.#settings, [name]: select.value }),
    );
    const head = element('label', { for: name });
    head.append(label);
    return wrap('field', head, select);
  }

  #switch(name: 'boot' | 'limiter' | 'budget', text: string): HTMLElement {
    const input = element('input', { type: 'checkbox', id: name, name });
    input.addEventListener('change', () =>
      this.#take({ ...this.#settings, [name]: input.checked }),
    );
    const label = element('label', { for: name, class: 'switch' });
    label.append(input, text);
    return label;
  }
}

function nearest(processes: number): number {
  const place = PROCESSES.findIndex((each) => each >= processes);
  return place < 0 ? PROCESSES.length - 1 : place;
}

function group(label: string, presets: readonly Preset[]): HTMLOptGroupElement {
  const options = element('optgroup', { label });
  options.append(...presets.map(({ name, label: text }) => new Option(text, name)));
  return options;
}

function fieldset(title: string, ...children: HTMLElement[]): HTMLFieldSetElement {
  const set = element('fieldset', {});
  const legend = element('legend', {});
  legend.append(title);
  set.append(legend, ...children);
  return set;
}

function wrap(name: string, ...children: HTMLElement[]): HTMLElement {
  const div = element('div', { class: name });
  div.append(...children);
  return div;
}

function element<TTag extends keyof HTMLElementTagNameMap>(
  tag: TTag,
  attributes: Readonly<Record<string, string | number>>,
): HTMLElementTagNameMap[TTag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
