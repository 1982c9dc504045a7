import type { Attributes } from '@opentelemetry/api';
import type { DiagnosticsFailure, DiagnosticsState, LinkMessage } from 'schmoozer/diagnostics';
import { Cells } from './cells.js';
import { StateSeries } from './stateSeries.js';

/** Replaces every value beyond the limit, and every invalid label. */
export const OTHER = '_OTHER';

/** A host's name has at most 253 characters. */
const MAX_LENGTH = 255;

/** Matches a code such as `ECONNREFUSED` or `28P01`, or the name of a class. */
const TYPE = /^[\w.:/-]{1,64}$/;

/** The number of events with these attributes. */
export interface Count {
  readonly attributes: Attributes;
  count: number;
}

/**
 * The series of all links with the same attributes. The objects are created once and used for every message, which
 * costs a tenth of creating them.
 */
export class LinkSeries {
  readonly attributes: Attributes;
  /** The name of an attempt's span. */
  readonly connect: string;
  /** By outcome and type of error. */
  readonly attempts: Cells<Count>;
  /** By type of error. */
  readonly failures: Cells<Attributes>;
  /** By cause and type of error. */
  readonly closes: Cells<Attributes>;
  readonly states = new Map<DiagnosticsState, StateSeries>();

  constructor(attributes: Attributes) {
    this.attributes = attributes;
    const address = attributes['server.address'];
    this.connect = address === undefined ? 'connect' : `connect ${String(address)}`;
    this.attempts = new Cells((outcome, type) => ({
      attributes: { ...attributes, ...typed(type), 'schmoozer.attempt.outcome': outcome },
      count: 0,
    }));
    this.failures = new Cells((_, type) => ({ ...attributes, ...typed(type) }));
    this.closes = new Cells((cause, type) => ({
      ...attributes,
      ...typed(type),
      'schmoozer.close.cause': cause,
    }));
  }

  state(state: DiagnosticsState): StateSeries {
    const known = this.states.get(state);
    if (known !== undefined) return known;
    const made = new StateSeries(state, this.attributes);
    this.states.set(state, made);
    return made;
  }
}

/** The series of all limiters with the same key. */
export class KeySeries {
  readonly attributes: Attributes;
  pending = 0;
  inFlight = 0;
  /** True if events of its queue have arrived, and not only of a pace or a budget. */
  hasQueue = false;
  /** Undefined until there is a limit. */
  perSecond: number | undefined = undefined;
  /** By outcome. */
  readonly budgetWaits: Cells<Attributes>;

  constructor(key: string) {
    const attributes = { 'schmoozer.limiter.key': key.slice(0, MAX_LENGTH) };
    this.attributes = attributes;
    this.budgetWaits = new Cells((outcome) => ({
      ...attributes,
      'schmoozer.budget.outcome': outcome,
    }));
  }
}

/** The attributes of the series, with at most `maxValues` values of each, because a server may choose them. */
export class Labels {
  readonly #maxValues: number;
  readonly #hasNames: boolean;
  readonly #links = new Map<string, LinkSeries>();
  readonly #keys = new Map<string, KeySeries>();
  readonly #errors = new Map<string, string>();

  constructor(maxValues: number, hasNames: boolean) {
    this.#maxValues = maxValues;
    this.#hasNames = hasNames;
  }

  /**
   * Returns the series for a link's server, and for its name if names are used: the same object for the same values.
   */
  ofLink({ name, server, network }: LinkMessage): LinkSeries {
    const linkName = this.#hasNames ? name?.slice(0, MAX_LENGTH) : undefined;
    const { address, port } = server;
    const protocol = network.protocol.name;
    return this.#bounded(
      this.#links,
      JSON.stringify([linkName, address, port, protocol]),
      () => new LinkSeries(attributesOf(linkName, address, port, protocol)),
      () =>
        new LinkSeries(
          attributesOf(this.#hasNames ? OTHER : undefined, OTHER, undefined, undefined),
        ),
    );
  }

  get links(): Iterable<LinkSeries> {
    return this.#links.values();
  }

  ofKey(key: string): KeySeries {
    return this.#bounded(
      this.#keys,
      key,
      () => new KeySeries(key),
      () => new KeySeries(OTHER),
    );
  }

  get keys(): Iterable<KeySeries> {
    return this.#keys.values();
  }

  /** Returns the error's code, or the name of its class; empty without an error. */
  errorType(error: DiagnosticsFailure | undefined): string {
    if (error === undefined) return '';
    const { code, name } = error;
    if (code !== undefined && this.#errors.has(code)) return code;
    const type = [code, name].find((value) => TYPE.test(value ?? '')) ?? OTHER;
    return this.#bounded(
      this.#errors,
      type,
      () => type,
      () => OTHER,
    );
  }

  #bounded<TValue>(
    known: Map<string, TValue>,
    key: string,
    make: () => TValue,
    other: () => TValue,
  ): TValue {
    const isFull = known.size >= this.#maxValues;
    const kept = known.get(key) ?? (isFull ? known.get(OTHER) : undefined);
    if (kept !== undefined) return kept;
    const value = isFull ? other() : make();
    known.set(isFull ? OTHER : key, value);
    return value;
  }
}

/** The attribute of an error type: none without an error. */
export function typed(type: string): Attributes {
  return type === '' ? {} : { 'error.type': type };
}

function attributesOf(
  name: string | undefined,
  address: string | undefined,
  port: number | undefined,
  protocol: string | undefined,
): Attributes {
  return {
    ...(name !== undefined && { 'schmoozer.link.name': name }),
    ...(address !== undefined && { 'server.address': address }),
    ...(port !== undefined && { 'server.port': port }),
    ...(protocol !== undefined && { 'network.protocol.name': protocol }),
  };
}
