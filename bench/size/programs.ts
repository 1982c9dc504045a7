/** What is bundled: whole entries of ours, and of the others what their users import. */
export const programs: Readonly<Record<string, string>> = {
  root: `export * from 'schmoozer'`,
  run: `export { run } from 'schmoozer'`,
  compiled: `export * from 'schmoozer/compiled'`,
  browser: `export * from 'schmoozer/browser'`,
  diagnostics: `export * from 'schmoozer/diagnostics'`,
  group: `export * from 'schmoozer/group'`,
  budget: `export * from 'schmoozer/budget'`,
  limiter: `export * from 'schmoozer/limiter'`,
  exclusive: `export * from 'schmoozer/exclusive'`,
  log: `export * from 'schmoozer/log'`,
  many: `export * from 'schmoozer/many'`,
  reconnectingWebSocket: `export * from 'schmoozer/reconnecting-websocket'`,
  outbox: `export * from 'schmoozer/outbox'`,
  outboxFile: `export * from 'schmoozer/outbox-file'`,
  messages: `export * from 'schmoozer/messages'`,
  sse: `export * from 'schmoozer/sse'`,
  srv: `export * from 'schmoozer/srv'`,
  tcp: `export * from 'schmoozer/tcp'`,
  websocket: `export * from 'schmoozer/websocket'`,
  explain: `export * from 'schmoozer/explain'`,
  inspect: `export * from 'schmoozer/inspect'`,
  testing: `export * from 'schmoozer/testing'`,
  runWebSocket: `
    export { run } from 'schmoozer';
    export { webSocketConnector } from 'schmoozer/websocket';`,
  chart: `export { setup, createActor, assign } from 'xstate'`,
  'p-retry': `export { default } from 'p-retry'`,
  'async-retry': `export { default } from 'async-retry'`,
  cockatiel: `export { retry, handleAll, ExponentialBackoff } from 'cockatiel'`,
  partysocket: `export { default } from 'partysocket/ws'`,
  'reconnecting-websocket': `export { default } from 'reconnecting-websocket'`,
  'socket.io-client': `export { io } from 'socket.io-client'`,
  rxjs: `export { defer, firstValueFrom, retry, timer } from 'rxjs'`,
  effect: `
    import { Effect, Schedule } from 'effect';
    export const retry = (effect) =>
      Effect.runPromise(Effect.retry(effect, Schedule.exponential('1 second')));`,
};
