import { connect, type IClientOptions } from 'mqtt';
import type { ConnectContext } from 'schmoozer/compiled';
import { askPerAttempt } from 'schmoozer/messages';
import { BrokerSession, GOODBYE_MS } from './brokerSession.js';
import type { KeptState } from './keptState.js';
import { checkLogin, checkUrl, type MqttLogin, type Settings } from './options.js';

/**
 * Connects once, and resolves when the broker has confirmed the subscriptions. An abort destroys the socket.
 *
 * @throws MqttReasonError, MqttSubscribeError when the broker refuses; the error of the client, or of a function of the
 * options; the signal's reason once it is aborted
 */
export async function openSession(
  settings: Settings,
  state: KeptState,
  attempt: ConnectContext,
): Promise<BrokerSession> {
  const url = await askPerAttempt(settings.url, attempt);
  checkUrl(url, settings.tls);
  const answer = await askPerAttempt(settings.login, attempt);
  const { address, login } = withoutLogin(url);
  checkLogin(answer);
  const who = answer ?? login;
  const { signal } = attempt;
  signal.throwIfAborted();
  const client = connect(address, { ...clientOptions(settings, who), ...hostOf(address) });
  const session = new BrokerSession(client, settings, state);
  const abort = () => session.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await session.open();
    signal.throwIfAborted();
    return session;
  } catch (error) {
    session.abort(error);
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** An option of `ws` that its types lack. */
const closing: object = { closeTimeout: GOODBYE_MS };

function clientOptions(settings: Settings, login: MqttLogin | undefined): IClientOptions {
  const { clientId, sessionExpiryS, receiveMaximum, protocolVersion } = settings;
  const { properties, wsOptions, ...others } = settings.clientOptions;
  const { username, password } = login ?? {};
  return {
    ...others,
    ...settings.tls,
    // Over a WebSocket, the client itself passes on only some of the TLS options. After a frame that is not valid, `ws`
    // waits for the broker to close, by default for 30 s.
    wsOptions: { ...closing, ...settings.tls, ...wsOptions },
    ...(clientId !== undefined && { clientId }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: Buffer.from(password as string) }),
    ...(protocolVersion === 5 && {
      properties: { ...properties, sessionExpiryInterval: sessionExpiryS, receiveMaximum },
    }),
    protocolVersion,
    clean: sessionExpiryS === 0,
    keepalive: Math.ceil(settings.heartbeatMs / 1000),
    reconnectPeriod: 0,
    resubscribe: false,
    // The machine has its own deadline.
    connectTimeout: 2 ** 31 - 1,
    // Values from the URL would take precedence.
    auth: '',
    query: {},
  };
}

/** For a WebSocket, the client puts the host into a URL again, but removes the brackets of an IPv6 address before. */
function hostOf(address: string): { hostname?: string } {
  const { protocol, hostname } = new URL(address);
  return protocol.startsWith('ws') ? { hostname } : {};
}

function withoutLogin(url: string): { address: string; login: MqttLogin | undefined } {
  const address = new URL(url);
  const [username, password] = [address.username, address.password].map(decodeURIComponent);
  address.username = '';
  address.password = '';
  const login = username || password ? { username: username ?? '', password } : undefined;
  return { address: address.href, login: login as MqttLogin | undefined };
}
