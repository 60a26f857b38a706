import type { Catalogue } from '../catalogue';

export const settings: Catalogue['settings'] = {
  themes: { system: 'Ikuti sistem', light: 'Terang', dark: 'Gelap' },
  theme: (choice) => `Tema: ${choice}`,
  themeHint: (choice) => `${choice}; klik untuk berikutnya`,
  language: (name) => `Bahasa: ${name}`,
  languages: 'Bahasa',
};
