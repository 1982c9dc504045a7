import { type Fields, fields, list, nameOf, text } from './fields.js';

/** An actor that a state calls. */
export interface Invoke {
  readonly id: string;
  /** Its id where one is given: XState's own are places. */
  readonly name: string;
  readonly config: Fields;
}

export function invokesOf(own: Fields, stateId: string): Invoke[] {
  return list(own['invoke']).map((entry, i) => {
    const config: Fields = typeof entry === 'string' ? { src: entry } : fields(entry);
    const id = text(config['id']) ?? `${i}.${stateId}`;
    return { id, name: text(config['id']) ?? nameOf(config['src']) ?? id, config };
  });
}
