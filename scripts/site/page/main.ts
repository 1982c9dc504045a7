// What moves in a page: the menu of a phone, light and dark, copies of code, the search. Without it all can still be read.
import { openSearch } from './search.js';

const { documentElement: html } = document;

function onClick(selector: string, listener: (element: HTMLElement) => void): void {
  for (const element of document.querySelectorAll<HTMLElement>(selector)) {
    element.addEventListener('click', () => listener(element));
  }
}

onClick('.bar .menu', (button) => {
  const isOpen = html.classList.toggle('menu-open');
  button.setAttribute('aria-expanded', String(isOpen));
});

onClick('.bar .appearance', () => {
  const isDark = html.classList.toggle('dark');
  // Where the script of VitePress in the head of each page looks for it.
  localStorage.setItem('vitepress-theme-appearance', isDark ? 'dark' : 'light');
});

onClick('button.copy', (button) => {
  const code = button.parentElement?.querySelector('pre')?.textContent ?? '';
  void navigator.clipboard.writeText(code).then(() => {
    button.classList.add('copied');
    setTimeout(() => button.classList.remove('copied'), 2000);
  });
});

onClick('.bar .search', () => openSearch());
document.addEventListener('keydown', (event) => {
  const isTyping = (event.target as Element).closest('input, textarea, select') !== null;
  const isAsked = event.key === '/' || (event.key === 'k' && (event.ctrlKey || event.metaKey));
  if (isTyping || !isAsked) return;
  event.preventDefault();
  openSearch();
});

document.querySelector('.sidebar [aria-current]')?.scrollIntoView({ block: 'nearest' });
