import type { Catalogue } from '../catalogue';
import { count } from '../numbers';

export const common: Catalogue['common'] = {
  add: 'Tambah',
  addFolders: 'Tambah folder',
  choose: 'Pilih…',
  close: 'Tutup',
  closeByEscape: 'Tutup (Esc)',
  closeMessage: 'Tutup pesan',
  showInFolder: 'Tampilkan di folder',
  tryAgain: 'Coba lagi',
  withKey: (text, key) => `${text} (${key})`,
  percent: (n) => `${n}%`,
  boxes: (n) => `${count(n)} kotak`,
  images: (n) => `${count(n)} gambar`,
  labels: (n) => `${count(n)} label`,
  amount: (done, total) => `${done} dari ${total}`,
  justNow: 'baru saja',
  seconds: (n) => `${count(n)} dtk`,
  minutes: (n) => `${count(n)} mnt`,
  hours: (hours, minutes) => `${count(hours)} j ${minutes}`,
};
