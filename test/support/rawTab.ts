import type { Browser, CDPSession } from 'playwright-core';

/**
 * A tab that Playwright does not know of: it makes all of its own pages believe that they have the focus, so
 * that they are never hidden.
 */
export class RawTab {
  readonly #session: CDPSession;
  readonly #targetId: string;
  readonly #otherId: string;
  readonly #contextId: string;
  readonly #sessionId: string;
  readonly #replies = new Map<number, (reply: unknown) => void>();
  #lastId = 0;

  private constructor(
    session: CDPSession,
    ids: { targetId: string; otherId: string; contextId: string; sessionId: string },
  ) {
    this.#session = session;
    this.#targetId = ids.targetId;
    this.#otherId = ids.otherId;
    this.#contextId = ids.contextId;
    this.#sessionId = ids.sessionId;
    session.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id, result } = JSON.parse(message) as { id: number; result: unknown };
      this.#replies.get(id)?.(result);
      this.#replies.delete(id);
    });
  }

  static async open(browser: Browser, url: string): Promise<RawTab> {
    const session = await browser.newBrowserCDPSession();
    const { browserContextId } = await session.send('Target.createBrowserContext');
    const create = (target: string) =>
      session.send('Target.createTarget', { url: target, browserContextId });
    const { targetId } = await create(url);
    const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false });
    const { targetId: otherId } = await create('about:blank');
    const tab = new RawTab(session, { targetId, otherId, contextId: browserContextId, sessionId });
    await tab.show();
    return tab;
  }

  async evaluate(expression: string): Promise<unknown> {
    const reply = await this.#send('Runtime.evaluate', { expression, returnByValue: true });
    return (reply as { result: { value?: unknown } }).result.value;
  }

  async show(): Promise<void> {
    await this.#session.send('Target.activateTarget', { targetId: this.#targetId });
  }

  /** Another tab comes to the front. */
  async hide(): Promise<void> {
    await this.#session.send('Target.activateTarget', { targetId: this.#otherId });
  }

  async close(): Promise<void> {
    const browserContextId = this.#contextId;
    await this.#session.send('Target.disposeBrowserContext', { browserContextId });
    await this.#session.detach();
  }

  #send(method: string, params: object): Promise<unknown> {
    const id = ++this.#lastId;
    const message = JSON.stringify({ id, method, params });
    return new Promise((resolve, reject) => {
      this.#replies.set(id, resolve);
      this.#session
        .send('Target.sendMessageToTarget', { sessionId: this.#sessionId, message })
        .catch(reject);
    });
  }
}
