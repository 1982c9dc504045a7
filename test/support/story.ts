import type { ReconnectEmitted } from 'schmoozer';

/** What is under way by the events that were told. */
type Chapter = 'idle' | 'queued' | 'attempt' | 'online' | 'closing' | 'suspended' | 'over';

type Told<TType extends ReconnectEmitted['type']> = Extract<ReconnectEmitted, { type: TType }>;

/**
 * What a listener may rely on: every beginning has exactly one end, in order, with the same numbers, and `link.ended`
 * is the last event of all. A listener that must not throw hears it: `check` throws what was wrong first.
 */
export class Story {
  #chapter: Chapter = 'idle';
  #attempt: Told<'attempt.started'> | undefined;
  #epoch: number | undefined;
  #isStable = false;
  #upMs = 0;
  #mistake: string | undefined;

  /** @throws what was wrong with the first event that was */
  check(): void {
    if (this.#mistake !== undefined) throw new Error(this.#mistake);
  }

  tell(event: ReconnectEmitted): void {
    switch (event.type) {
      case 'connection.queued':
        return this.#turn(event, ['idle'], 'queued');
      case 'attempt.started':
        this.#turn(event, ['idle', 'queued'], 'attempt');
        this.#same(event, 'epoch', (this.#epoch ?? event.epoch - 1) + 1);
        this.#attempt = event;
        return;
      case 'attempt.failed':
      case 'attempt.aborted':
        this.#turn(event, ['attempt'], 'idle');
        return this.#sameAttempt(event);
      case 'connection.opened':
        this.#turn(event, ['attempt'], 'online');
        this.#sameAttempt(event);
        this.#epoch = event.epoch;
        this.#isStable = false;
        return;
      case 'connection.stable':
        this.#turn(event, ['online'], 'online');
        if (this.#isStable) this.#blame(event, 'a second time');
        this.#isStable = true;
        return this.#same(event, 'epoch', this.#epoch);
      case 'connection.closing':
        this.#turn(event, ['online'], 'closing');
        this.#upMs = event.upMs;
        return this.#same(event, 'epoch', this.#epoch);
      case 'connection.closed':
        this.#turn(event, ['closing'], 'idle');
        this.#same(event, 'epoch', this.#epoch);
        this.#same(event, 'isStable', this.#isStable);
        return this.#same(event, 'upMs', this.#upMs);
      case 'retry.scheduled':
        return this.#turn(event, ['idle', 'queued'], 'idle');
      case 'link.suspended':
        return this.#turn(event, ['idle', 'queued'], 'suspended');
      case 'link.resumed':
        return this.#turn(event, ['suspended'], 'idle');
      case 'link.ended':
        return this.#turn(event, ['idle', 'queued', 'suspended'], 'over');
    }
  }

  #turn(event: ReconnectEmitted, from: readonly Chapter[], to: Chapter): void {
    if (!from.includes(this.#chapter)) this.#blame(event, `while ${this.#chapter}`);
    this.#chapter = to;
  }

  #sameAttempt(event: Told<'attempt.failed' | 'attempt.aborted' | 'connection.opened'>): void {
    this.#same(event, 'attempt', this.#attempt?.attempt);
    this.#same(event, 'epoch', this.#attempt?.epoch);
  }

  #same<TEvent extends ReconnectEmitted>(
    event: TEvent,
    field: keyof TEvent & string,
    value: unknown,
  ): void {
    if (event[field] !== value) {
      this.#blame(event, `with ${field} ${String(event[field])} for ${String(value)}`);
    }
  }

  #blame({ type }: ReconnectEmitted, what: string): void {
    this.#mistake ??= `${type} was told ${what}`;
  }
}
