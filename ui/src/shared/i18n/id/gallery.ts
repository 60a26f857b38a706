import type { Catalogue } from '../catalogue';
import { count } from '../numbers';

export const gallery: Catalogue['gallery'] = {
  tab: 'Galeri',
  labels: 'Label',
  allLabels: 'Semua label',
  labelCount: (todo, all) => `${todo} di sini, ${count(all)} dalam proyek`,
  thenOthers: ', lalu label lain',
  grid: 'Potongan yang ditinjau',
  size: 'Ukuran potongan',
  sizes: { small: 'K', medium: 'S', large: 'B' },
  crop: (label, score, verdict, mark) =>
    `${label}${score === null ? '' : `, ${score}%`}, ${verdict}${mark ? `, ditandai ${gallery[mark]}` : ''}`,
  wrong: 'salah',
  right: 'benar',
  accept: (n, m) => (m === 0 ? `Terima ${count(n)}` : `Terima ${count(n)}, tolak ${count(m)}`),
  acceptHint: 'Menerima semua potongan yang terlihat utuh kecuali yang ditandai salah, yang ditolak, lalu lanjut',
  reject: (n, m) => (m === 0 ? `Tolak ${count(n)}` : `Tolak ${count(n)}, terima ${count(m)}`),
  rejectHint: 'Menolak semua potongan yang terlihat utuh kecuali yang ditandai benar, yang diterima, lalu lanjut',
  marked: (wrong, right) =>
    [wrong > 0 && `${count(wrong)} ditandai salah`, right > 0 && `${count(right)} ditandai benar`]
      .filter(Boolean)
      .join(', '),
  help: 'Klik atau sapu yang salah; dengan Ctrl, yang benar.',
  relabel: 'Ganti label',
  make: (label) => `Jadikan ${label}`,
  offers: 'Label menurut angka',
  relabelTitle: (n) => (n === 1 ? 'Ini apa?' : `${count(n)} potongan ini apa?`),
  clear: 'Hapus tanda',
  open: 'Buka',
  back: 'Kembali ke galeri',
  decided: (n, m) => {
    if (n === 0) return `${count(m)} kotak ditolak`;
    return m === 0 ? `${count(n)} kotak diterima` : `${count(n)} kotak diterima, ${count(m)} ditolak`;
  },
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
      'gallery-accept': 'Terima sisa halaman ini',
      'gallery-reject': 'Tolak sisa halaman ini',
      'gallery-mark': 'Tandai salah, atau hapus tandanya',
      'gallery-right': 'Tandai benar, atau hapus tandanya',
      'gallery-unmark': 'Hapus semua tanda',
      'gallery-relabel': 'Ganti label yang ditandai salah',
      'gallery-digit': 'Beri yang ditandai salah label dari angkanya',
      'gallery-open': 'Buka potongan di gambarnya',
      'gallery-move': 'Berpindah antarpotongan',
      'gallery-extend': 'Tandai satu per satu',
      'gallery-page': 'Satu halaman ke bawah atau ke atas',
    },
  },
};
