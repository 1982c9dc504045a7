import { type Fields, fields, list, nameOf, text } from './fields.js';

/** An actor that a state invokes. */
export interface Invoke {
  readonly id: string;
  /** Its id if one was given: XState's generated ids are positions. */
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
