import type { Catalogue } from '../catalogue';
import { count } from '../numbers';

export const exporting: Catalogue['exporting'] = {
  title: (project) => `Ekspor ${project}`,
  format: 'Format',
  forms: {
    cvat: { title: 'CVAT XML', words: 'Unggah ke tugas CVAT sebagai anotasi' },
    'cvat-zip': { title: 'CVAT dengan foto', words: 'Zip yang menjadi tugas CVAT baru' },
    coco: { title: 'COCO', words: 'Satu JSON, untuk kebanyakan alat pelatihan' },
    yolo: { title: 'YOLO', words: 'Folder dengan satu berkas teks per foto' },
  },
  include: 'Yang disertakan',
  includeAll: 'Semua yang berlaku',
  includeAllHint: 'Yang Anda putuskan, yang dipastikan model, dan yang masih menunggu',
  includeReviewed: 'Hanya yang Anda putuskan',
  includeReviewedHint: 'Kotak yang Anda terima, perbaiki, atau buat; tidak ada yang lain',
  counting: 'Menghitung…',
  boxesOnImages: (boxes, images) => `*${count(boxes)}* kotak pada *${count(images)}* gambar`,
  byYou: (n) => `${count(n)} diputuskan oleh Anda`,
  byModels: (n) => `${count(n)} dipastikan model`,
  undecided: (n) => `${count(n)} meragukan, belum diputuskan`,
  moreLabels: (n) => `dan ${count(n)} label lagi`,
  nothing: 'Belum ada yang bisa ditulis dengan pilihan ini.',
  file: 'Berkas',
  folder: 'Folder',
  chooseFile: 'Ekspor',
  chooseFolder: 'Ekspor ke',
  export: 'Ekspor',
  writing: 'Menulis…',
  written: 'Sudah ditulis',
  again: 'Ekspor lagi',
  done: 'Selesai',
};
