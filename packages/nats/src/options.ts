import type { Msg } from '@nats-io/transport-node';
import { type MessageOptions, resolveMessageOptions } from 'schmoozer/messages';
import {
  checkConnection,
  checkText,
  connectionDefaults,
  connectionNames,
  type ConnectionSettings,
  listOf,
  type NatsConnectionOptions,
} from './connectionOptions.js';

/** Which subjects are subscribed, and what to do with their messages. */
export interface NatsSubscriberOptions extends NatsConnectionOptions, MessageOptions<Msg> {
  /** The subjects, at least one; wildcards are those of NATS. */
  readonly subjects: string | readonly string[];
  /** The queue group: each message is delivered to one of its members. Default: none. */
  readonly queue?: string;
}

/** The options with their defaults. */
export type Settings = ConnectionSettings &
  Required<MessageOptions<Msg>> & {
    readonly subjects: readonly string[];
    readonly queue?: string;
  };

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveSettings(options: NatsSubscriberOptions): Settings {
  const names = [...connectionNames, 'subjects', 'queue'] as const;
  const resolved = resolveMessageOptions(options, connectionDefaults, names);
  const settings = checkConnection(resolved);
  const subjects = listOf('subjects', settings.subjects);
  if (settings.queue !== undefined) checkText('queue', settings.queue);
  return { ...settings, subjects };
}
