import { useEffect, useState } from 'react';
import type { Retry } from './useLink.js';

/** Counts down to the next attempt, in whole seconds. */
export function Countdown({ dueMs, attempt, isOffline }: Retry) {
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), 250);
    return () => clearInterval(timer);
  }, []);
  if (isOffline) return <>You are offline: it goes on when the network is back.</>;
  const seconds = Math.max(0, Math.ceil((dueMs - nowMs) / 1000));
  return (
    <>
      Next try in{' '}
      <b className="countdown" role="timer">
        {seconds} s
      </b>
      , {attempt} failed so far.
    </>
  );
}
