import type { Catalogue } from '../catalogue';

export const project: Catalogue['project'] = {
  readOnly: (why) => `Hanya baca: ${why}`,
  folders: 'Folder',
  watch: 'Ambil foto baru',
  watchHint: (folder) => `Ambil foto baru di ${folder}, buat drafnya, lalu periksa ulang`,
  watching: 'Dipantau: foto baru langsung dibuatkan draf',
  newLabel: 'Label baru',
  close: 'Tutup proyek',
  chooseFolders: 'Tambah folder foto',
  labelNotAdded: (name) => `Label "${name}" tidak ditambahkan`,
};
