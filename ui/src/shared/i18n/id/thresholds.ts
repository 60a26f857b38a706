import type { Catalogue } from '../catalogue';
import { count } from '../numbers';

export const thresholds: Catalogue['thresholds'] = {
  title: 'Ambang dari keputusan Anda',
  wanted: 'Presisi yang diinginkan',
  share: (percent) => `${percent}%`,
  decisions: (n) => `Dipelajari dari ${count(n)} keputusan Anda atas kotak buatan model.`,
  together: (n) => `${count(n)} lagi dibuat sekaligus banyak dan tidak mengatakan apa pun tentang tiap kotak.`,
  needed: (n, confidence) =>
    `Minimal ${count(n)} keputusan untuk presisi ini; setiap janji berlaku dengan keyakinan ${confidence}%.`,
  nothing: 'Belum ada yang dapat dipelajari: terima, tolak, atau perbaiki dulu beberapa kotak buatan model satu per satu.',
  learning: 'Mempelajari…',
  columns: {
    label: 'Label',
    decisions: 'Keputusan',
    right: 'Benar',
    at: 'Terima mulai',
    between: 'Presisinya antara',
    boxes: 'Akan diterima',
  },
  several: (n) => `${count(n)} label bersama`,
  tooFew: (more) => `Terlalu sedikit keputusan: kurang ${count(more)}`,
  notRight: 'Kurang sering benar, atau terlalu sedikit untuk dipastikan',
  interval: (from, to) => `${from} sampai ${to}%`,
  plot: (label) => `Seberapa sering kotak ${label} benar, menurut skor`,
  plotIs: (label, at) => `Seberapa sering kotak ${label} benar, menurut skor; diterima mulai ${at}`,
  score: 'skor',
  right: 'benar',
  bins: {
    score: 'Skor',
    decisions: 'Keputusan',
    right: 'Benar',
    between: 'Antara',
  },
  range: (from, to) => `${from}–${to}`,
  none: '–',
  accept: (n) => `Terima ${count(n)} kotak`,
  acceptHint:
    'Setiap kotak model yang tidak diperselisihkan dan belum diputuskan mulai dari skor ini, sebagai satu langkah yang dapat diurungkan',
  nothingAbove: 'Tidak ada kotak yang menunggu di atas yang dapat dijanjikan.',
};
