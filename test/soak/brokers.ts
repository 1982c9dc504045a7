import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { amqpConsumer } from '@schmoozer/amqp';
import { mqttSubscriber } from '@schmoozer/mqtt';
import { natsSubscriber } from '@schmoozer/nats';
import { postgresListener } from '@schmoozer/postgres';
import * as ioredis from '@schmoozer/redis/ioredis';
import * as nodeRedis from '@schmoozer/redis/node-redis';
import type { Connector } from 'schmoozer';
import { type ServiceName, throughPort, urlOf } from '../support/services.js';
import { linkOf } from './engines.js';
import { LINKS, options, type Peers, rudeness } from './peers.js';

interface Service {
  readonly name: ServiceName;
  open(): Promise<Peers>;
}

/** What a connector of a service needs to know. */
interface Wiring {
  readonly url: string;
  /** Of what it listens to; its own link's alone. */
  readonly name: string;
  readonly onSession: () => void;
}

const onMessage = async () => {};

/** Real services, for the connectors of the packages, behind a proxy that ends each session. */
export const services: Readonly<Record<string, Service>> = {
  amqp: behind('AMQP', ({ url, name, onSession }) =>
    amqpConsumer({
      url,
      queue: name,
      // The broker deletes it when its consumer is gone.
      assertQueue: { autoDelete: true, durable: false },
      onSession,
      onMessage,
    }),
  ),
  mqtt: behind('MQTT', ({ url, name, onSession }) =>
    mqttSubscriber({ url, clientId: name, topics: { [name]: 0 }, onSession, onMessage }),
  ),
  nats: behind('NATS', ({ url, name, onSession }) =>
    natsSubscriber({ servers: url, subjects: [name], onSession, onMessage }),
  ),
  postgres: behind('Postgres', ({ url, name, onSession }) =>
    postgresListener({ url, channels: [name], onSession, onMessage }),
  ),
  ioredis: behind('Redis', ({ url, name, onSession }) =>
    ioredis.redisSubscriber({ url, channels: [name], onSession, onMessage }),
  ),
  'node-redis': behind('Redis', ({ url, name, onSession }) =>
    nodeRedis.redisSubscriber({ url, channels: [name], onSession, onMessage }),
  ),
};

function behind<TConnection>(
  name: ServiceName,
  connector: (wiring: Wiring) => Connector<TConnection>,
): Service {
  const target = urlOf(name);
  return {
    name,
    async open() {
      const proxies = await Promise.all(Array.from({ length: LINKS }, () => Proxy.to(target)));
      return {
        link(engine, nth, began) {
          const proxy = proxies[nth] as Proxy;
          const wiring = {
            url: throughPort(target, proxy.port),
            name: `soak-${process.pid}-${nth}`,
            onSession() {
              began();
              proxy.end();
            },
          };
          return linkOf(engine, connector(wiring), options);
        },
        close: async () => proxies.forEach((proxy) => proxy.close()),
      };
    },
  };
}

const isRude = rudeness();

/** Hands on what one link and its service say to each other, until `end`. */
class Proxy {
  readonly #server: Server;
  #client: Socket | undefined;

  static async to({ hostname, port }: URL): Promise<Proxy> {
    const server = createServer();
    const proxy = new Proxy(server);
    server.on('connection', (client) => {
      const upstream = connect(Number(port), hostname);
      proxy.#client = client;
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        one.on('error', () => {});
        one.on('close', () => other.destroy());
        one.pipe(other);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  private constructor(server: Server) {
    this.#server = server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends the connection that there is. */
  end(): void {
    if (isRude()) this.#client?.resetAndDestroy();
    else this.#client?.end();
  }

  close(): void {
    this.#server.close();
  }
}
