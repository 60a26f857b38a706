import { readPref, writePref } from '../prefs';

export type Language = 'en' | 'id';

/** `code` is what the page is told, `locale` what `Intl` is. Names are in the language itself. */
export const LANGUAGES: readonly { code: Language; name: string; locale: string }[] = [
  { code: 'en', name: 'English', locale: 'en-GB' },
  { code: 'id', name: 'Bahasa Indonesia', locale: 'id-ID' },
];

const isLanguage = (value: unknown): value is Language => LANGUAGES.some(({ code }) => code === value);

/** The first of the system's languages that there is a catalogue for. */
function systemLanguage(): Language {
  const known = navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage);
  return known ?? 'en';
}

class Languages {
  current = $state<Language>(readPref('language', systemLanguage(), isLanguage));

  /** For `Intl`. */
  get locale(): string {
    return LANGUAGES.find(({ code }) => code === this.current)?.locale ?? 'en-GB';
  }

  choose(language: Language): void {
    this.current = language;
    writePref('language', language);
    this.tell();
  }

  /** Tells the page, for screen readers and hyphenation. */
  tell(): void {
    document.documentElement.lang = this.current;
  }
}

export const language = new Languages();
