import type { Server } from 'node:http';

/** Takes every upgrade, and never answers. */
export function silentUpgrade(http: Server): void {
  http.on('upgrade', (_request, socket) => {
    socket.on('error', () => {}).on('end', () => socket.destroy());
    socket.resume();
  });
}
