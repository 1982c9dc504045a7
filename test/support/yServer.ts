import type { Server } from 'node:http';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { type WebSocket, WebSocketServer } from 'ws';
import * as sync from 'y-protocols/sync';
import type { Doc } from 'yjs';

const SYNC = 0;

/** Serves one document by the protocol of y-websocket, with what y-protocols has for it; it lives as long as `doc`. */
export function serveDoc(doc: Doc, serve: (socket: WebSocket) => void = () => {}) {
  return (http: Server) => {
    const server = new WebSocketServer({ server: http });
    const send = (socket: WebSocket, write: (encoder: encoding.Encoder) => void) => {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, SYNC);
      write(encoder);
      if (encoding.length(encoder) > 1) socket.send(encoding.toUint8Array(encoder));
    };
    const pass = (update: Uint8Array, origin: unknown) => {
      for (const socket of server.clients) {
        if (socket !== origin) send(socket, (encoder) => sync.writeUpdate(encoder, update));
      }
    };
    doc.on('update', pass);
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        const decoder = decoding.createDecoder(new Uint8Array(data));
        if (decoding.readVarUint(decoder) !== SYNC) return;
        send(socket, (encoder) => void sync.readSyncMessage(decoder, encoder, doc, socket));
      });
      send(socket, (encoder) => sync.writeSyncStep1(encoder, doc));
      serve(socket);
    });
    return () => {
      doc.off('update', pass);
      server.close();
    };
  };
}
