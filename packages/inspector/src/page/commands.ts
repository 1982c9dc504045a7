import type { ActorSummary } from '../protocol.js';
import { byId, html } from './elements.js';

/** Buttons for the commands that an actor allows. Each needs a second press, because it acts on a real connection. */
export class Commands {
  readonly #host = byId('commands');
  readonly #send: (key: string, command: string) => void;
  #shown = '';

  constructor(send: (key: string, command: string) => void) {
    this.#send = send;
  }

  show(actor: ActorSummary | undefined): void {
    const isOpen = actor?.status === 'active' && actor.isConnected;
    const commands = (isOpen && actor.commands) || [];
    const key = `${actor?.key} ${commands.join(' ')}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.#host.hidden = commands.length === 0;
    this.#host.replaceChildren(
      ...commands.map((command) => this.#button(actor as ActorSummary, command)),
    );
  }

  #button({ key, name }: ActorSummary, command: string): HTMLButtonElement {
    const button = html('button', { type: 'button', 'data-command': command }, command);
    const rest = () => {
      button.textContent = command;
      delete button.dataset['armed'];
    };
    button.addEventListener('click', () => {
      if (button.dataset['armed'] === undefined) {
        button.dataset['armed'] = '';
        button.textContent = `${command} ${name}?`;
        return;
      }
      this.#send(key, command);
      rest();
    });
    button.addEventListener('blur', rest);
    return button;
  }
}
