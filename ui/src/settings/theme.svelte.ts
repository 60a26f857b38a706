import { readPref, writePref } from '../shared/prefs';

export type ThemeChoice = 'system' | 'light' | 'dark';
export const THEMES: readonly ThemeChoice[] = ['system', 'light', 'dark'];

const isChoice = (value: unknown): value is ThemeChoice => THEMES.some((theme) => theme === value);

/** Light or dark: as the system has it, or as the person at this machine chose. */
export class Theme {
  choice = $state<ThemeChoice>(readPref('theme', 'system', isChoice));
  private readonly system = matchMedia('(prefers-color-scheme: light)');

  constructor() {
    this.system.addEventListener('change', () => this.apply());
    this.apply();
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    writePref('theme', choice);
    this.apply();
  }

  next(): void {
    const at = THEMES.indexOf(this.choice);
    this.choose(THEMES[(at + 1) % THEMES.length] ?? 'system');
  }

  private apply(): void {
    const light = this.choice === 'light' || (this.choice === 'system' && this.system.matches);
    document.documentElement.dataset['theme'] = light ? 'light' : 'dark';
  }
}
