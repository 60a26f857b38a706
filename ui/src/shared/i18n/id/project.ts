import type { Catalogue } from '../catalogue';

export const project: Catalogue['project'] = {
  readOnly: (why) => `Hanya baca: ${why}`,
  folders: 'Folder',
  newLabel: 'Label baru',
  close: 'Tutup proyek',
  chooseFolders: 'Tambah folder foto',
  labelNotAdded: (name) => `Label "${name}" tidak ditambahkan`,
};
