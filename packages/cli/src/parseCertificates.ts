import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';

/**
 * The text of a PEM file.
 *
 * @throws InvalidArgumentError when it cannot be read, or does not begin with a certificate
 */
export function parseCertificates(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    void new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw new InvalidArgumentError(
      `Expected a PEM file that begins with a certificate: ${(error as Error).message}.`,
    );
  }
}
