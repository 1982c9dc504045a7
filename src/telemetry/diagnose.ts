import { checkNames, checkObject, checkString } from '../core/check.js';
import type { Peer } from '../core/connector.js';
import { InvalidOptionError } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import type { LinkTap, TappedSettings } from '../core/tap.js';
import type { ReconnectCommand } from '../machine/vocabulary.js';
import { Diagnostics } from './diagnostics.js';

/** A link of either engine: what `createReconnectActor` makes, and actors of `reconnectMachine` and `reconnectLogic`. */
export interface DiagnosableLink {
  /** Takes commands. */
  send(command: ReconnectCommand): void;
  /** The state of the link now. */
  getSnapshot(): { readonly context: unknown };
  /** Reports every event of the link. */
  on(type: '*', listener: (event: { readonly type: string }) => void): unknown;
}

/** How a link is known in messages. */
export interface DiagnoseOptions {
  /** By what the link is known in messages. Default that of its group, or the `id` it was made with. */
  readonly name?: string;
  /** Whom it connects to. Default what its connector says by `peer`. */
  readonly peer?: Peer;
}

/** What a link of the compiled engine has besides. */
interface Tappable {
  set tap(tap: LinkTap);
}

/**
 * Publishes what a link tells of, on the channels of `node:diagnostics_channel`: call it before `start()`. With a link
 * that is published already, it changes what is known of it.
 *
 * @throws InvalidOptionError when it is no link, or an option is unknown or out of bounds
 */
export function diagnose(link: DiagnosableLink, options: DiagnoseOptions = {}): void {
  checkObject('options', options);
  checkNames(options, ['name', 'peer']);
  const { name, peer } = options;
  if (name !== undefined) checkString('name', name, 'a string');
  if (peer !== undefined) checkObject('peer', peer);
  const diagnosis = Diagnostics.current.open(link, settingsOf(link));
  diagnosis.rename(name, peer);
  if (diagnosis.isAttached) return;
  diagnosis.isAttached = true;
  if ('tap' in link) (link as Tappable).tap = diagnosis;
  else link.on('*', diagnosis.told);
}

function settingsOf(link: DiagnosableLink): TappedSettings {
  try {
    const { settings } = link.getSnapshot().context as {
      readonly settings: Redacted<TappedSettings>;
    };
    return Redacted.value(settings);
  } catch {
    throw new InvalidOptionError('link', 'an actor of this package', link, typeof link);
  }
}

/**
 * Publishes what every link tells of that is made from now on, by either engine and in groups: no code that makes links
 * has to know of it. Limiters made from now on publish too.
 *
 * @returns links made after `unsubscribe()` are not published, unless somebody else wants them to be
 */
export function diagnoseAll(): { unsubscribe(): void } {
  const diagnostics = Diagnostics.current;
  diagnostics.everyone += 1;
  let isOn = true;
  return {
    unsubscribe() {
      if (isOn) diagnostics.everyone -= 1;
      isOn = false;
    },
  };
}
