import { Continue } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket } from 'ws';

interface News {
  readonly number: number;
  readonly text: string;
}

/** A subscription without gaps and without repetitions, for a server that numbers its messages and keeps some of them. */
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
    // In each session, before anything else: what came after the last that was seen.
    handshake: (session) => session.send(JSON.stringify({ subscribe: 'news', after: last })),
    async run(session) {
      for await (const message of session) {
        const news = JSON.parse(String(message)) as News;
        if (news.number <= last) continue; // the server has begun earlier
        if (news.number > last + 1) onGap(last + 1, news.number - 1); // the server has forgotten these
        last = news.number;
        onNews(news);
      }
      return Continue();
    },
  });
  return createReconnectActor(connector);
}
