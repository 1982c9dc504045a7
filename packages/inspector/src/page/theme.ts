import { byId } from './elements.js';

const themes = ['auto', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

/** Follows the system until the reader decides; this browser stores the decision. */
export function startTheme(onChange: () => void): void {
  const button = byId('theme');
  const kept = localStorage.getItem('theme');
  let theme: Theme = themes.find((known) => known === kept) ?? 'auto';
  const apply = () => {
    document.documentElement.dataset['theme'] = theme;
    button.textContent = { auto: '◐', light: '☀', dark: '☾' }[theme];
    button.setAttribute('aria-label', `Colours: ${theme}`);
    button.title = `Colours: ${theme}`;
    onChange();
  };
  button.addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length] as Theme;
    localStorage.setItem('theme', theme);
    apply();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
  apply();
}
