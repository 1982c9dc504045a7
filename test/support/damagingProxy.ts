import { connect, createServer, type Socket } from 'node:net';
import { listening } from './loopback.js';

/** Changes a piece of what goes by. */
export type Damage = (bytes: Buffer) => Buffer;

export interface DamagingProxy {
  readonly port: number;
  /** From now on changes what goes to or from the server whose socket has this remote port. */
  damage(remotePort: number, damage: Damage, direction: 'toClient' | 'toServer'): void;
}

/** A proxy on a free port of loopback that damages bytes when it is told to; it is gone when the test is over. */
export async function damagingProxy(serverPort: number): Promise<DamagingProxy> {
  const links = new Map<number, { toClient?: Damage; toServer?: Damage }>();
  const port = await listening(
    createServer({ allowHalfOpen: true }, (client) => {
      const damages: { toClient?: Damage; toServer?: Damage } = {};
      const server = connect({ host: '127.0.0.1', port: serverPort, allowHalfOpen: true });
      server.once('connect', () => links.set(server.localPort as number, damages));
      const forward = (from: Socket, to: Socket, direction: 'toClient' | 'toServer') => {
        from.on('data', (bytes) => to.write(damages[direction]?.(bytes) ?? bytes));
        from.on('end', () => to.end());
        from.on('error', () => {});
        from.on('close', () => to.destroy());
      };
      forward(client, server, 'toServer');
      forward(server, client, 'toClient');
    }),
  );
  return {
    port,
    damage(remotePort, damage, direction) {
      const damages = links.get(remotePort);
      if (damages === undefined) throw new Error('no connection of this proxy has that port');
      damages[direction] = damage;
    },
  };
}
