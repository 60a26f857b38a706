import type { Catalogue } from '../catalogue';
import { count } from '../numbers';

export const gallery: Catalogue['gallery'] = {
  tab: 'Galeri',
  labels: 'Label',
  allLabels: 'Semua label',
  labelCount: (todo, all) => `${todo} di sini, ${count(all)} dalam proyek`,
  grid: 'Potongan yang ditinjau',
  size: 'Ukuran potongan',
  sizes: { small: 'K', medium: 'S', large: 'B' },
  crop: (label, score, verdict, wrong) =>
    `${label}${score === null ? '' : `, ${score}%`}, ${verdict}${wrong ? ', ditandai salah' : ''}`,
  wrong: 'salah',
  accept: (n, m) => (m === 0 ? `Terima ${count(n)}` : `Terima ${count(n)}, tolak ${count(m)}`),
  acceptHint: 'Menerima semua potongan yang terlihat utuh dan tidak ditandai, menolak yang ditandai, lalu lanjut',
  marked: (n) => (n === 0 ? 'Belum ada yang ditandai' : `${count(n)} ditandai salah`),
  help: 'Klik, sapu, atau tekan Spasi pada yang salah.',
  relabel: 'Ganti label',
  make: (label) => `Jadikan ${label}`,
  offers: 'Label menurut angka',
  relabelTitle: (n) => (n === 1 ? 'Ini apa?' : `${count(n)} potongan ini apa?`),
  clear: 'Hapus tanda',
  open: 'Buka',
  back: 'Kembali ke galeri',
  decided: (n, m) =>
    m === 0 ? `${count(n)} kotak diterima` : `${count(n)} kotak diterima, ${count(m)} ditolak`,
  relabelled: (n, label) => `${count(n)} kotak dijadikan ${label}`,
  done: 'Tidak ada yang tersisa di sini',
  doneHelp: 'Semua yang lolos filter ini sudah diputuskan. Pilih label lain, atau ubah filternya.',
  none: 'Belum ada potongan',
  noneHelp: 'Setelah ada draf, semua yang menunggu bisa ditinjau di sini, halaman demi halaman.',
  failed: (why) => `Potongan tidak bisa dimuat: ${why}`,
  commands: {
    group: 'Galeri',
    titles: {
      gallery: 'Ke galeri',
      'gallery-accept': 'Terima halaman ini, tolak yang ditandai',
      'gallery-mark': 'Tandai salah, atau hapus tandanya',
      'gallery-unmark': 'Hapus semua tanda',
      'gallery-relabel': 'Ganti label yang ditandai',
      'gallery-digit': 'Beri yang ditandai label dari angkanya',
      'gallery-open': 'Buka potongan di gambarnya',
      'gallery-move': 'Berpindah antarpotongan',
      'gallery-extend': 'Tandai satu per satu',
      'gallery-page': 'Satu halaman ke bawah atau ke atas',
    },
  },
};
