import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs `rabbitmqctl`, which takes a second or more each time; resolves to what it prints. */
export async function rabbitmqctl(...args: string[]): Promise<string> {
  return (await promisify(execFile)('rabbitmqctl', [...args, '--quiet'])).stdout;
}

/** Runs several expressions of Erlang in the broker, in one call. */
export function evaluate(...expressions: string[]): Promise<string> {
  return rabbitmqctl('eval', `${expressions.join(', ')}.`);
}

/** A binary of Erlang, whatever the text contains. */
export function binary(text: string): string {
  return `<<${[...Buffer.from(text)].join(',')}>>`;
}

/** Expressions that make a virtual host on which this user may do everything. */
export function addVhost(vhost: string, user = 'guest'): string[] {
  const all = binary('.*');
  return [
    `rabbit_vhost:add(${binary(vhost)}, ${binary('test')})`,
    `rabbit_auth_backend_internal:set_permissions(${binary(user)}, ${binary(vhost)}, ${all}, ${all}, ${all}, ${binary('test')})`,
  ];
}

export function deleteVhost(vhost: string): string {
  return `rabbit_vhost:delete(${binary(vhost)}, ${binary('test')})`;
}

/** Whether it is installed, and may be used. */
export const isRabbitmqctlUsable = await rabbitmqctl('version').then(
  () =>
    rabbitmqctl('status').then(
      () => true,
      () => false,
    ),
  () => false,
);

/** An expression that binds `One` to the process of a connection, which is known by its `connection_name`. */
function findConnection(name: string): string {
  // A connection that ends meanwhile has no properties.
  const properties = '(catch rabbit_networking:connection_info(P, [client_properties]))';
  const named = `[{client_properties, C}] <- [${properties}], {_, _, N} <- C, N =:= ${binary(name)}`;
  return `[One] = [P || P <- rabbit_networking:connections(), ${named}]`;
}

/** Sends a message of Erlang to one connection: other tests use the broker, too, so nothing is done to all of it. */
export async function sendToConnection(name: string, message: string): Promise<void> {
  await evaluate(findConnection(name), `One ! ${message}`);
}

/** Lets the channels of one connection look at their consumer timeout, as they do each minute. */
export async function tickChannels(name: string): Promise<void> {
  const own = '[{connection, O}] <- [(catch rabbit_channel:info(P, [connection]))], O =:= One';
  await evaluate(findConnection(name), `[P ! tick || P <- rabbit_channel:list_local(), ${own}]`);
}
