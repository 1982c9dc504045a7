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
