import { Continue } from 'schmoozer';
import { createGroup, type GroupOptions } from 'schmoozer/group';
import { lines, tcpConnector } from 'schmoozer/tcp';

export interface Device {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

/** Creates a group with a connection to each device, and a function that updates it to a new list of devices. */
export function followDevices(onLine: (id: string, line: string) => void, options?: GroupOptions) {
  const group = createGroup({ staggerMs: 5, ...options });
  const connectorOf = ({ id, host, port }: Device) =>
    tcpConnector({
      host,
      port,
      async run(socket, { signal }) {
        for await (const line of lines(socket, { signal })) onLine(id, line);
        return Continue();
      },
    });
  const update = (devices: readonly Device[]) =>
    group.sync(
      devices.map((device) => ({
        name: device.id,
        version: `${device.host}:${device.port}`, // a device that has moved gets a new link
        connector: () => connectorOf(device),
      })),
    );
  return { group, update };
}
