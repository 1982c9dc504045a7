import { Continue } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket } from 'ws';

interface News {
  readonly number: number;
  readonly text: string;
}

/** A subscription that drops duplicates and reports gaps, for a server that numbers its messages and stores some. */
export function followNews(
  url: string,
  onNews: (news: News) => void,
  onGap: (from: number, to: number) => void,
) {
  let last = 0;
  const connector = webSocketConnector({
    url,
    WebSocket,
    heartbeat: {},
    // In each session, first of all: the messages after the last one seen.
    handshake: (session) => session.send(JSON.stringify({ subscribe: 'news', after: last })),
    async run(session) {
      for await (const message of session) {
        const news = JSON.parse(String(message)) as News;
        if (news.number <= last) continue; // seen already: the server began too early
        if (news.number > last + 1) onGap(last + 1, news.number - 1); // the server no longer has these
        last = news.number;
        onNews(news);
      }
      return Continue();
    },
  });
  return createReconnectActor(connector);
}
