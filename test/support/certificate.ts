import { generate } from 'selfsigned';

/** A certificate and its key, both PEM. */
export interface Pem {
  readonly cert: string;
  readonly key: string;
}

type Extensions = NonNullable<NonNullable<Parameters<typeof generate>[1]>['extensions']>;

async function make(name: string, extensions: Extensions, more: object): Promise<Pem> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions,
    ...more,
  });
  return { cert, key };
}

/** A certificate for one DNS name, and its key: signed by `ca`, else by itself. */
export function certificateFor(
  name: string,
  more: { notBeforeDate?: Date; notAfterDate?: Date; ca?: Pem } = {},
): Promise<Pem> {
  return make(name, [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }], more);
}

/** An authority that nobody knows yet. */
export function privateAuthority(name: string): Promise<Pem> {
  const may = { name: 'keyUsage', keyCertSign: true, critical: true } as const;
  return make(name, [{ name: 'basicConstraints', cA: true, critical: true }, may], {});
}
