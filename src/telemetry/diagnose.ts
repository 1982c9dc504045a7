import { checkNames, checkObject, checkString } from '../core/check.js';
import type { Peer } from '../core/connector.js';
import { InvalidOptionError } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import type { LinkTap, TappedSettings } from '../core/tap.js';
import type { ReconnectCommand } from '../machine/vocabulary.js';
import { Diagnostics } from './diagnostics.js';

/** A link of either engine: an actor of `createReconnectActor`, `reconnectMachine` or `reconnectLogic`. */
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
  /** The name of the link in messages. Default: its name in its group, or the `id` of its actor. */
  readonly name?: string;
  /** The peer of the link. Default: the connector's `peer`. */
  readonly peer?: Peer;
}

/** Further members of a link of the compiled engine. */
interface Tappable {
  set tap(tap: LinkTap);
}

/**
 * Publishes the events of a link on the channels of `node:diagnostics_channel`: call it before `start()`. For a link
 * that is already published, it changes the name and the peer.
 *
 * @throws InvalidOptionError when `link` is not a link, or an option is unknown or out of bounds
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
 * Publishes the events of every link that is created from now on, by either engine and in groups, without changes in
 * the code that creates links. Limiters created from now on publish too. Only the link of an inspector to its server is
 * not published.
 *
 * @returns an object; after its `unsubscribe()` new links are not published, unless another call of `diagnoseAll` is
 * still in effect
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
