import { byId, setAll } from './elements.js';

export type Tab = 'chart' | 'sequence';
const tabs: readonly Tab[] = ['chart', 'sequence'];

/** The two views of the selected actor: one at a time, by mouse or arrow keys. */
export function startTabs(onChange: (tab: Tab) => void): void {
  const select = (tab: Tab, hasFocus: boolean) => {
    for (const each of tabs) {
      const button = byId(`tab-${each}`);
      setAll(button, {
        'aria-selected': each === tab ? 'true' : 'false',
        tabindex: each === tab ? 0 : -1,
      });
      byId(each).hidden = each !== tab;
      if (each === tab && hasFocus) button.focus();
    }
    for (const id of ['timers', 'tools']) byId(id).hidden = tab !== 'chart';
    onChange(tab);
  };
  tabs.forEach((tab, i) => {
    const button = byId(`tab-${tab}`);
    button.addEventListener('click', () => select(tab, false));
    button.addEventListener('keydown', ({ key }) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (by !== undefined) select(tabs[(i + by + tabs.length) % tabs.length] as Tab, true);
    });
  });
  select('chart', false);
}
