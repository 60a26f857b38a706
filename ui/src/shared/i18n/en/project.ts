export const project = {
  readOnly: (why: string) => `Read only: ${why}`,
  folders: 'Folders',
  watch: 'Take in new photos',
  watchHint: (folder: string) => `Take in new photos of ${folder}, draft them and give them their second look`,
  watching: 'Watching: new photos are drafted as they come',
  newLabel: 'New label',
  close: 'Close project',
  chooseFolders: 'Add folders of photos',
  labelNotAdded: (name: string) => `The label "${name}" was not added`,
};
