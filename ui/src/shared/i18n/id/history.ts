import type { Catalogue } from '../catalogue';
import { count } from '../numbers';

export const history: Catalogue['history'] = {
  title: 'Riwayat',
  list: 'Yang telah dilakukan, terbaru di atas',
  empty: 'Belum ada keputusan.',
  person: 'Orang',
  script: 'Baris perintah',
  model: (name) => `Model ${name}`,
  changes: (n) => `${count(n)} perubahan`,
  undone: 'diurungkan',
  dropped: 'diurungkan selamanya',
  here: 'Sekarang',
  goHere: 'Kembali ke sini',
  goForward: 'Ulangi sampai sini',
  goStart: 'Urungkan semuanya',
  more: 'Tampilkan yang lebih lama',
};
