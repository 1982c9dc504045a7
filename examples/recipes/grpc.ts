import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { Client, connectivityState, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { type Connector, Continue } from 'schmoozer';

/** Errors that another attempt would meet again. */
const permanent = new Set([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.UNIMPLEMENTED,
]);

// A channel that is closed while it connects leaks its socket, at every attempt: this is the only way to find the
// socket.
const attempts = new AsyncLocalStorage<Set<Socket>>();
subscribe('net.client.socket', (message) => {
  attempts.getStore()?.add((message as { socket: Socket }).socket);
});

/** A gRPC channel for each session; `follow` reads its streams until the signal is aborted. */
export function grpcConnector(
  address: string,
  follow: (client: Client, signal: AbortSignal) => Promise<unknown>,
): Connector<Client> {
  return {
    connect: ({ signal }) => {
      const sockets = new Set<Socket>();
      return attempts.run(sockets, () => open(address, signal, sockets));
    },
    async run(client, { signal }) {
      await follow(client, signal);
      return Continue();
    },
    disconnect: (client) => client.close(),
    isRetryable(error) {
      const { code } = error as Partial<ServiceError>;
      return code !== undefined && permanent.has(code) ? 'permanent' : undefined;
    },
  };
}

/** Resolves when the channel is ready; rejects when its first attempt fails. */
function open(address: string, signal: AbortSignal, sockets: Set<Socket>): Promise<Client> {
  const client = new Client(address, credentials.createInsecure(), {
    // Otherwise all channels to a server share a socket: a second link would get the dead socket of the first, and its
    // backoff.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.keepalive_permit_without_calls': 1,
  });
  const channel = client.getChannel();
  return new Promise((opened, failed) => {
    const fail = (error: unknown) => {
      client.close();
      for (const socket of sockets) socket.destroy();
      failed(error);
    };
    const watch = (): void => {
      if (signal.aborted) return; // reading the state of a closed channel makes it connect
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) return opened(client);
      if (state === connectivityState.TRANSIENT_FAILURE) return fail(new Error('unavailable'));
      channel.watchConnectivityState(state, Infinity, watch);
    };
    watch();
    signal.addEventListener('abort', () => fail(signal.reason));
  });
}
