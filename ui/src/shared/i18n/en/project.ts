export const project = {
  readOnly: (why: string) => `Read only: ${why}`,
  folders: 'Folders',
  newLabel: 'New label',
  close: 'Close project',
  chooseFolders: 'Add folders of photos',
  labelNotAdded: (name: string) => `The label "${name}" was not added`,
};
