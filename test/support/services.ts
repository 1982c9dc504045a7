import { connect } from 'node:net';

/** The servers that the examples are run against, and the variable that says where each is. */
const defaults = {
  Redis: ['REDIS_URL', 'redis://127.0.0.1:6379'],
  Postgres: ['POSTGRES_URL', 'postgres://postgres@127.0.0.1:5432/test'],
  MQTT: ['MQTT_URL', 'mqtt://127.0.0.1:1883'],
  AMQP: ['AMQP_URL', 'amqp://guest:guest@127.0.0.1:5672'],
  NATS: ['NATS_URL', 'nats://127.0.0.1:4222'],
} as const;

export type ServiceName = keyof typeof defaults;
export const serviceNames = Object.keys(defaults) as ServiceName[];

// What servicesSetup.ts provides.
declare module 'vitest' {
  interface ProvidedContext {
    missingServices: ServiceName[];
  }
}

/** Where a server is: on this machine, or where its variable says. */
export function urlOf(name: ServiceName): URL {
  const [variable, fallback] = defaults[name];
  return new URL(process.env[variable] ?? fallback);
}

/** The same server, asked for at another port of this machine; with a scheme for TLS, by its name. */
export function throughPort(url: URL, port: number, secureScheme?: string): string {
  const through = new URL(url);
  through.hostname = secureScheme ? 'localhost' : '127.0.0.1';
  through.port = String(port);
  return through.href.replace(/^\w+:/, secureScheme ?? '$&');
}

/** Whether somebody listens there. */
export function isListening({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: 2000 });
    const settle = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false)).once('timeout', () => settle(false));
  });
}
