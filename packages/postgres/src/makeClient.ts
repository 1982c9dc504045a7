import type { Socket } from 'node:net';
import pg from 'pg';
import { InvalidOptionError } from 'schmoozer/compiled';
import { clientConfig } from './clientConfig.js';
import type { ConnectionSettings, PostgresLogin } from './options.js';

/**
 * Creates a client that is not connected.
 *
 * @throws InvalidOptionError when the URL is not valid; the value is not shown
 */
export function makeClient(
  settings: ConnectionSettings,
  url: string | undefined,
  login: PostgresLogin | undefined,
  socket: Socket,
): InstanceType<typeof pg.Client> {
  try {
    return new pg.Client(clientConfig(settings, url, login, socket));
  } catch (error) {
    if (!isAboutUrl(error)) throw error;
    // The platform's error contains the URL, which may contain a password.
    throw new InvalidOptionError('url', 'a URL such as `postgres://host/database`', url, 'another');
  }
}

function isAboutUrl(error: unknown): boolean {
  return error instanceof URIError || (error as { code?: unknown }).code === 'ERR_INVALID_URL';
}
