import type { Catalogue } from '../catalogue';
import { count } from '../numbers';

export const images: Catalogue['images'] = {
  list: 'Gambar',
  filterByPath: 'Saring menurut lokasi',
  filterByPathField: 'Saring gambar menurut lokasi',
  filterByStatus: 'Saring gambar menurut status',
  all: 'Semua gambar',
  noneFits: 'Tidak ada gambar yang cocok dengan saringan ini.',
  showAll: 'Tampilkan semua gambar',
  status: {
    new: 'Belum ada draf',
    drafted: 'Sudah ada draf, belum diperiksa ulang',
    waiting: 'Ada kotak yang menunggu Anda',
    done: 'Tidak ada yang menunggu',
    confirmed_empty: 'Dikonfirmasi kosong',
    problem: 'Tidak dapat dibaca',
  },
  unread: 'tidak dapat dibaca',
  confirmedEmpty: 'dikonfirmasi kosong',
  noDraft: 'belum ada draf',
  noBoxes: 'tanpa kotak',
  wait: (n) => `${count(n)} antre`,
  waitAndFine: (n, fine) => `${count(n)} antre · ${count(fine)} beres`,
  boxesDoubtful: (n, doubtful) => `${count(n)} kotak, ${count(doubtful)} ragu`,

  looking: 'Mencari foto',
  lookingNow: 'Mencari foto…',
  none: 'Tambahkan foto yang akan dilabeli',
  noneInFolders: 'Tidak ada foto di folder ini',
  noneInFoldersHint: (folders) => `${folders}. Tambahkan folder lain, atau taruh foto di sana.`,
  dropHint:
    'Lepaskan satu atau beberapa folder di sini. Foto dibaca di tempatnya beserta semua subfolder; tidak ada yang disalin atau diubah.',
  folderPath: 'Lokasi folder',
  folderPathHint: 'atau tempelkan lokasi folder',
  kinds:
    'JPEG, PNG, WebP, TIFF, BMP, dan GIF. Selanjutnya: draf, periksa ulang, tinjau, ekspor, lewat langkah-langkah di atas.',
};
