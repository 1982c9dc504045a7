import type { ReconnectCommand } from 'schmoozer';

/**
 * Suspends a link when its page has been hidden for a while, and resumes it when the page is visible again. Returns a
 * function that ends this.
 */
export function suspendWhileHidden(
  link: { send(command: ReconnectCommand): void },
  afterMs = 60_000,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const suspend = () => link.send({ type: 'suspend', reason: 'hidden' });
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(suspend, afterMs);
    else link.send({ type: 'resume', reason: 'visible' });
  };
  document.addEventListener('visibilitychange', look);
  if (document.hidden) look();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  };
}
