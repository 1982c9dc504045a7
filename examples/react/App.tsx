import { useSelector } from '@xstate/react';
import { useState } from 'react';
import { Countdown } from './Countdown.js';
import { type Phase, phaseOf, useLink } from './useLink.js';

/** A stopped actor cannot be started again: mounting another component connects again. */
export function App({ url }: { readonly url: string }) {
  const [life, setLife] = useState(1);
  return <Link key={life} url={url} onConnect={() => setLife(life + 1)} />;
}

const WORDS: Record<Phase, string> = {
  connecting: 'Connecting',
  online: 'Online',
  closing: 'Connection lost',
  waiting: 'Waiting',
  suspended: 'Suspended',
  stopping: 'Closing',
  stopped: 'Disconnected',
};

function Link({ url, onConnect }: { readonly url: string; readonly onConnect: () => void }) {
  const { link, messages, retry } = useLink(url);
  const phase = useSelector(link, phaseOf);
  const epoch = useSelector(link, ({ context }) => context.epoch);
  const isOver = phase === 'stopping' || phase === 'stopped';
  return (
    <section className="card" aria-labelledby="title">
      <header>
        <h1 id="title">Live feed</h1>
        <p className="pill" data-phase={phase} role="status">
          {WORDS[phase]}
        </p>
      </header>
      <p className="detail">
        {phase === 'waiting' && retry ? <Countdown {...retry} /> : detailOf(phase, epoch)}
      </p>
      <ol className="feed" aria-label="Messages" data-stale={phase !== 'online'}>
        {messages.map(({ key, text }) => (
          <li key={key}>{text}</li>
        ))}
        {messages.length === 0 && <li className="empty">Nothing has come yet.</li>}
      </ol>
      <footer>
        <button
          type="button"
          disabled={phase !== 'waiting'}
          onClick={() => link.send({ type: 'reconnect', reason: 'retry now' })}
        >
          Retry now
        </button>
        {isOver ? (
          <button type="button" disabled={phase === 'stopping'} onClick={onConnect}>
            Connect
          </button>
        ) : (
          <button type="button" onClick={() => link.send({ type: 'stop', reason: 'disconnect' })}>
            Disconnect
          </button>
        )}
      </footer>
    </section>
  );
}

function detailOf(phase: Phase, epoch: number): string {
  switch (phase) {
    case 'online':
      return epoch === 1 ? 'Connected.' : `Connected again, session ${epoch}.`;
    case 'connecting':
      return 'Looking for the server …';
    case 'closing':
      return 'The connection has ended.';
    case 'stopping':
      return 'Saying goodbye …';
    default:
      return 'No attempts are made until you connect.';
  }
}
