import type { Attributes } from '@opentelemetry/api';
import type { DiagnosticsFailure, LinkMessage } from 'schmoozer/diagnostics';

/** Stands for every value beyond the bound, and for what is no label. */
export const OTHER = '_OTHER';

/** The longest name of a host has 253 characters. */
const MAX_LENGTH = 255;

/** A code such as `ECONNREFUSED` or `28P01`, or the name of a class. */
const TYPE = /^[\w.:/-]{1,64}$/;

/** The attributes of what is measured: of each, at most `maxValues` values. A server may have chosen them. */
export class Labels {
  readonly #maxValues: number;
  readonly #hasNames: boolean;
  readonly #links = new Map<string, Attributes>();
  readonly #keys = new Map<string, Attributes>();
  readonly #errors = new Map<string, string>();

  constructor(maxValues: number, hasNames: boolean) {
    this.#maxValues = maxValues;
    this.#hasNames = hasNames;
  }

  /** Whom a link connects to, and its name if that is asked for: the same object for the same values. */
  ofLink({ name, server, network }: LinkMessage): Attributes {
    const linkName = this.#hasNames ? name?.slice(0, MAX_LENGTH) : undefined;
    const { address, port } = server;
    const protocol = network.protocol.name;
    return this.#bounded(
      this.#links,
      JSON.stringify([linkName, address, port, protocol]),
      () => attributesOf(linkName, address, port, protocol),
      () => attributesOf(this.#hasNames ? OTHER : undefined, OTHER, undefined, undefined),
    );
  }

  ofKey(key: string): Attributes {
    const attributes = (value: string) => ({ 'schmoozer.limiter.key': value.slice(0, MAX_LENGTH) });
    return this.#bounded(
      this.#keys,
      key,
      () => attributes(key),
      () => attributes(OTHER),
    );
  }

  /** Its code, or the name of its class. */
  ofError(error: DiagnosticsFailure | undefined): Attributes {
    if (error === undefined) return {};
    const type = [error.code, error.name].find((value) => TYPE.test(value ?? '')) ?? OTHER;
    return {
      'error.type': this.#bounded(
        this.#errors,
        type,
        () => type,
        () => OTHER,
      ),
    };
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
