// Why: docs/decisions/0080-a-link-from-outside.md
import { closeLink, whenEnded } from '../machine/whenEnded.js';
import { liveConnection, type OpenedOptions, whenOpened } from '../machine/whenOpened.js';
import type { ReconnectOutput } from '../machine/vocabulary.js';
import { LinkActor } from './linkActor.js';

/**
 * An actor that gives access to its connection: see `CompiledActor`. It is separate from LinkActor so that `run` does
 * not bundle it.
 */
export class OpenLink extends LinkActor {
  get connection(): unknown {
    return this.#live()?.connection;
  }

  opened(options?: OpenedOptions): Promise<unknown> {
    return whenOpened(this, () => this.#live(), options);
  }

  ended(): Promise<ReconnectOutput> {
    return whenEnded(this);
  }

  close(reason?: unknown): Promise<ReconnectOutput> {
    return closeLink(this, reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #live() {
    return liveConnection(this.leaf.tags, this.lease);
  }
}
