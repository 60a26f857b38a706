export const settings = {
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  theme: (choice: string) => `Theme: ${choice}`,
  themeHint: (choice: string) => `${choice}; click for the next`,
  language: (name: string) => `Language: ${name}`,
  languages: 'Language',
};
