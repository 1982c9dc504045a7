import { readFileSync } from 'node:fs';
import { shown } from './server/shown.js';

export const TOKEN_VARIABLE = 'SCHMOOZER_INSPECTOR_TOKEN';

/** The message names the file, not its content. */
export class TokenFileError extends Error {}

/**
 * The configured token: of the option, else of the file, else of the environment. All users of a machine can read the
 * arguments of a process, but not its environment, nor another user's files.
 *
 * @throws TokenFileError
 */
export function tokenOf(
  { token, tokenFile }: { readonly token?: string; readonly tokenFile?: string },
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (token !== undefined) return token;
  if (tokenFile === undefined) return environment[TOKEN_VARIABLE] || undefined;
  try {
    return readFileSync(tokenFile, 'utf8').trim();
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException;
    throw new TokenFileError(`\`--token-file\` ${shown(tokenFile)} cannot be read: ${code}`);
  }
}
