// Why: docs/decisions/0096-mqtt-acknowledged-by-hand.md
import type { Socket } from 'node:net';
import type { IPublishPacket, MqttClient, Packet } from 'mqtt';
import { Inbox, type Settlement } from 'schmoozer/messages';
import { InvalidOptionError } from 'schmoozer/compiled';
import { acknowledgement } from './acknowledgement.js';
import { MqttReasonError, MqttSubscribeError } from './errors.js';
import type { KeptState } from './keptState.js';
import type { Settings } from './options.js';
import type {
  MqttConnection,
  MqttMessage,
  MqttPublishOptions,
  MqttQoS,
  MqttSession,
} from './session.js';

/** How long a broker may take to answer a disconnect, in milliseconds. */
export const GOODBYE_MS = 1000;

/** MQTT 5 reason code: the message is valid, but this client does not accept it. */
const NOT_ACCEPTED = 131;

/** One connection to the broker, by a client that does not reconnect. */
export class BrokerSession implements MqttConnection {
  readonly client: MqttClient;
  readonly inbox: Inbox<MqttMessage, MqttSession>;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<{ readonly error: unknown }>;
  sessionPresent = false;
  readonly #settings: Settings;
  readonly #state: KeptState;
  /** The QoS of messages that the client handles as QoS 0. */
  readonly #qosOf = new WeakMap<object, MqttQoS>();
  /** Messages of QoS 2 that this connection has received, and must release. */
  readonly #unreleased = new Set<number>();
  readonly #publishing = new Set<(error: unknown) => void>();
  #granted: readonly number[] = [];
  #end!: (end: { readonly error: unknown }) => void;
  #isOver = false;
  #whenReleased: (() => void) | undefined;

  constructor(client: MqttClient, settings: Settings, state: KeptState) {
    this.client = client;
    this.#settings = settings;
    this.#state = state;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    const onError = (error: unknown, message: MqttMessage) => {
      this.#recordFailure(message);
      settings.onError(error, message);
    };
    this.inbox = new Inbox<MqttMessage, MqttSession>({ ...settings, onError });
    // An acknowledgement is small, and would wait for the peer's TCP acknowledgement.
    (client.stream as Partial<Socket>).setNoDelay?.(true);
    client.on('packetreceive', (packet) => this.#receive(packet));
    client.on('packetsend', (packet) => this.#sent(packet));
    client.on('message', (topic, payload, packet) => this.#deliver(topic, payload, packet));
    client.on('error', (error) => this.#lose(error));
    // The client does not emit errors without a code.
    client.stream.on('error', (error) => this.#lose(error));
    client.on('close', () => this.#lose(new Error('the broker closed the connection')));
  }

  /** The granted QoS, by topic. */
  get granted(): MqttSession['granted'] {
    return this.#byTopic() as Readonly<Record<string, MqttQoS>>;
  }

  /** Resolves when the broker has confirmed every subscription. */
  async open(): Promise<void> {
    const lost = this.ended.then(({ error }) => Promise.reject(error as Error));
    lost.catch(() => {});
    await Promise.race([new Promise((resolve) => this.client.once('connect', resolve)), lost]);
    // The payload is not sent again: if the broker disconnects because of it, it would stop every session at its
    // beginning.
    for (const id of this.#state.unfinished) this.#write(acknowledgement('pubrel', id));
    if (Object.keys(this.#settings.topics).length === 0) return;
    await Promise.race([new Promise<void>((resolve) => this.#subscribe(resolve)), lost]);
    const refused = Object.entries(this.#byTopic()).filter(([, code]) => code >= 128);
    if (refused.length > 0) throw new MqttSubscribeError(Object.fromEntries(refused));
  }

  publish(
    topic: string,
    payload: string | Uint8Array,
    options: MqttPublishOptions = {},
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      checkPublish(options, this.#settings.protocolVersion);
      const content = typeof payload === 'string' ? payload : Buffer.from(payload);
      const fail = (error: unknown) => {
        this.#publishing.delete(fail);
        const code = (error as { code?: unknown }).code;
        reject(typeof code === 'number' ? new MqttReasonError('PUBACK', code) : (error as Error));
      };
      this.#publishing.add(fail);
      if (this.#isOver) return void this.ended.then(({ error }) => fail(error));
      this.client.publish(topic, content, options, (error) => {
        if (error) return fail(error);
        this.#publishing.delete(fail);
        resolve();
      });
    });
  }

  /** Disconnects in an orderly way, and waits for the end of the socket, at most a second. */
  async close(): Promise<void> {
    this.inbox.close();
    const { stream } = this.client;
    const closed = new Promise<void>((resolve) => stream.once('close', resolve));
    const timer = setTimeout(() => stream.destroy(), GOODBYE_MS);
    if (this.#isOver) stream.destroy();
    else {
      // The broker would ask again about a message whose id is not released.
      await Promise.race([this.#released(), this.ended]);
      this.client.end();
    }
    if (!stream.closed) await closed;
    clearTimeout(timer);
  }

  /** Destroys the socket, and ends the session with this error: a WebSocket may report its end much later. */
  abort(error: unknown): void {
    this.#lose(error);
    this.client.end(true);
  }

  #lose(error: unknown): void {
    this.#isOver = true;
    this.#end({ error });
    for (const fail of this.#publishing) fail(error);
  }

  #byTopic(): Record<string, number> {
    const topics = Object.keys(this.#settings.topics);
    return Object.fromEntries(topics.map((topic, index) => [topic, this.#granted[index] ?? 128]));
  }

  #subscribe(confirm: () => void): void {
    const topics = Object.fromEntries(
      Object.entries(this.#settings.topics).map(([topic, asked]) => [topic, { ...asked }]),
    );
    this.client.subscribe(topics, (error) => {
      if (this.#granted.length > 0) confirm();
      // A lost connection reports itself in this turn.
      else setImmediate(() => this.#lose(error));
    });
  }

  #receive(packet: Packet): void {
    const { unfinished, handled } = this.#state;
    const reasonCode = 'reasonCode' in packet ? (packet.reasonCode ?? 0) : 0;
    switch (packet.cmd) {
      case 'connack': {
        const code = packet.reasonCode ?? packet.returnCode ?? 0;
        if (code > 0) return this.#lose(reasonError('CONNACK', code, packet.properties));
        this.sessionPresent = packet.sessionPresent && this.#settings.sessionExpiryS > 0;
        return this.#state.begin(this, this.sessionPresent);
      }
      case 'disconnect':
        return this.#lose(reasonError('DISCONNECT', reasonCode, packet.properties));
      case 'publish':
        // The client acknowledges messages of QoS 1 and 2 at once, or stops reading until it does.
        this.#qosOf.set(packet, packet.qos);
        packet.qos = 0;
        return;
      case 'pubrel':
        handled.delete(packet.messageId as number);
        this.#unreleased.delete(packet.messageId as number);
        if (this.#unreleased.size === 0) this.#whenReleased?.();
        return;
      case 'pubrec':
        if (reasonCode >= 128) unfinished.delete(packet.messageId as number);
        return;
      case 'pubcomp':
        unfinished.delete(packet.messageId as number);
        return;
      case 'suback':
        this.#granted = packet.granted as number[];
        return;
      default:
    }
  }

  #sent(packet: Packet): void {
    if (packet.cmd !== 'publish' || packet.qos !== 2) return;
    this.#state.unfinished.add(packet.messageId as number);
  }

  #deliver(topic: string, payload: Buffer, packet: IPublishPacket): void {
    const { retain, dup, properties, messageId } = packet;
    const qos = this.#qosOf.get(packet) ?? 0;
    const packetId = qos === 0 ? undefined : messageId;
    const message: MqttMessage = { topic, payload, qos, retain, dup, packetId, properties };
    if (packetId === undefined) return void this.inbox.take(message);
    const { handled, failures } = this.#state;
    if (dup && handled.has(packetId)) return this.#release(packetId);
    if (!dup) {
      // The broker may have dropped the earlier message with this id, because messages expire.
      handled.delete(packetId);
      failures.delete(packetId);
    }
    const known = Math.max(failures.get(packetId) ?? 0, dup ? 1 : 0);
    const redeliveries = Math.min(known, this.#settings.maxRedeliveries);
    this.inbox.take(message, this.#settlement(qos, packetId), redeliveries);
  }

  #settlement(qos: MqttQoS, packetId: number): Settlement {
    const settle = (reasonCode: number) => {
      if (!this.#state.isOf(this)) return;
      this.#state.failures.delete(packetId);
      if (qos === 2) this.#release(packetId);
      else this.#write(acknowledgement('puback', packetId, reasonCode));
    };
    const refusal = this.#settings.protocolVersion === 5 ? NOT_ACCEPTED : 0;
    return { done: () => settle(0), deadLettered: () => settle(refusal) };
  }

  #recordFailure({ packetId }: MqttMessage): void {
    if (packetId === undefined || !this.#state.isOf(this)) return;
    const { failures } = this.#state;
    failures.set(packetId, (failures.get(packetId) ?? 0) + 1);
  }

  /** Exactly once: the message is finished, even if the broker is not informed now. */
  #release(packetId: number): void {
    this.#state.handled.add(packetId);
    if (this.#isOver) return;
    this.#unreleased.add(packetId);
    this.#write(acknowledgement('pubrec', packetId));
  }

  #released(): Promise<void> {
    if (this.#unreleased.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.#whenReleased = resolve));
  }

  #write(bytes: Uint8Array): void {
    if (!this.#isOver) this.client.stream.write(bytes);
  }
}

/** A misspelt `qos` would be 0, and MQTT 3.1.1 has no properties, such as an expiry. */
function checkPublish(options: MqttPublishOptions, protocolVersion: 4 | 5): void {
  const known = protocolVersion === 5 ? ['qos', 'retain', 'properties'] : ['qos', 'retain'];
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const expected = `left out: with \`protocolVersion\` ${protocolVersion} there is only ${known.join(', ')}`;
    throw new InvalidOptionError(name, expected, value, typeof value);
  }
}

function reasonError(
  packet: 'CONNACK' | 'DISCONNECT',
  code: number,
  properties: { reasonString?: string; serverReference?: string } | undefined,
): MqttReasonError {
  return new MqttReasonError(packet, code, properties?.reasonString, properties?.serverReference);
}
