import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { constantBackoff } from 'schmoozer';
import { afterEach, describe, expect, it } from 'vitest';
import { type Device, followDevices } from '../../examples/devices/devices.js';
import { read } from '../support/documents.js';
import { until } from '../support/until.js';

/** A device: a real server that greets, can die and can come back on its port. */
class FakeDevice {
  port = 0;
  sockets = new Set<Socket>();
  #server: Server | undefined;

  async start(): Promise<void> {
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
      socket.write('hello\n');
      socket.resume();
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async die(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.sockets) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }
}

const devices: FakeDevice[] = [];
afterEach(() => Promise.all(devices.splice(0).map((device) => device.die())));

async function boot(count: number): Promise<Device[]> {
  const booted = Array.from({ length: count }, () => new FakeDevice());
  await Promise.all(booted.map((device) => device.start()));
  devices.push(...booted);
  return booted.map(({ port }, i) => ({ id: `device-${i}`, host: '127.0.0.1', port }));
}

describe('200 devices whose list changes', () => {
  it('takes at most 60 lines', () => {
    const text = read('examples/devices/devices.ts') + read('examples/devices/main.ts');
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(60);
  });

  it('are all online, and are so again when some have died and come back', async () => {
    const list = await boot(200);
    const greeted: string[] = [];
    const { group, update } = followDevices((id, line) => greeted.push(`${id} ${line}`), {
      backoff: constantBackoff(20),
      staggerMs: 0.1,
    });
    const online = () => group.health().states.online;
    update(list);
    await until('all to be online', () => online() === 200);
    await until('all to have greeted', () => greeted.length === 200);
    expect(new Set(greeted).size).toBe(200);

    const dead = devices.slice(0, 20);
    await Promise.all(dead.map((device) => device.die()));
    await until('20 to be away', () => online() === 180);
    expect(group.health()).toMatchObject({ status: 'degraded', total: 200 });
    expect(Object.keys(group.health({ maxLinks: 20 }).links).toSorted()).toEqual(
      list
        .slice(0, 20)
        .map(({ id }) => id)
        .toSorted(),
    );

    // Meanwhile the list changes: ten of the dead and ten others go, one moves, five are new.
    const [moved, ...fresh] = (await boot(6)).map((device, i) => ({ ...device, id: `new-${i}` }));
    const kept = [...list.slice(10, 190), { ...list[190], ...moved, id: 'device-190' }, ...fresh];
    update(kept as Device[]);
    expect(group.names).toHaveLength(186);
    await until('the old ones to be left', () =>
      devices.slice(190, 200).every(({ sockets }) => sockets.size === 0),
    );
    await until('176 to be online', () => online() === 176);
    await Promise.all(dead.slice(10).map((device) => device.start()));
    await until('all to be online again', () => online() === 186);
    expect(devices[200]?.sockets.size).toBe(1);

    const { status, late } = await group.stop();
    expect({ status, late }).toEqual({ status: 'stopped', late: [] });
    await until('every socket to be closed', () =>
      devices.every(({ sockets }) => sockets.size === 0),
    );
  });
});
