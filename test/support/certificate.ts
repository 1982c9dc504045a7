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

/**
 * A certificate whose common name is any text, and its key. No tool writes such a one: the text is put in place of another,
 * and the signature is wrong. For a certificate that is trusted by itself, OpenSSL does not look at it.
 */
export async function certificateNamed(text: string): Promise<Pem> {
  // Not in ASCII, so that it is written as UTF-8.
  const name = `ü${'x'.repeat(Buffer.byteLength(text) - 2)}`;
  const { cert, key } = await make(name, [{ name: 'basicConstraints', cA: false }], {});
  const der = Buffer.from(cert.replaceAll(/-----.*-----|\s/g, ''), 'base64').toString('latin1');
  const latin1 = (utf8: string) => Buffer.from(utf8).toString('latin1');
  const changed = Buffer.from(der.replaceAll(latin1(name), latin1(text)), 'latin1');
  const lines = changed.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, key };
}

/** An authority that nobody knows yet. */
export function privateAuthority(name: string): Promise<Pem> {
  const may = { name: 'keyUsage', keyCertSign: true, critical: true } as const;
  return make(name, [{ name: 'basicConstraints', cA: true, critical: true }, may], {});
}
