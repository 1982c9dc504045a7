import { generate } from 'selfsigned';

/** A self-signed certificate for one DNS name, and its key, both PEM. */
export async function certificateFor(
  name: string,
  validity: { notBeforeDate?: Date; notAfterDate?: Date } = {},
): Promise<{ cert: string; key: string }> {
  const pem = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
    ...validity,
  });
  return { cert: pem.cert, key: pem.private };
}
