export const training = {
  'training.notRunning': 'The run “{name}” is not training now.',
  'training.noCheckpoint':
    'The run “{name}” has no checkpoint: it ended before its first epoch was done. Train it again and export that run.',
  'training.checkpointMissing':
    'The checkpoint “{file}” of this run is gone: there is no file “{path}”. Train it again and export that run.',
  'training.dataChanged':
    'The data has changed since this run was trained, so its classes and its predictions cannot be checked against it. Put the old files back, or train again.',

  'workspace.missing': 'There is no folder “{folder}”. Choose one that exists.',
  'workspace.busy': 'A run is training in this workspace. Stop it, or wait until it is done, before you open another one.',
  'workspace.outside': '“{path}” lies outside the workspace. Move the file into the workspace’s folder.',
  'workspace.fileMissing': 'There is no file “{path}” in the workspace. It may have been moved or deleted.',
  'workspace.isFolder': '“{path}” is a folder, not a notebook.',
  'workspace.unreadable': '“{path}” cannot be read ({detail}). Check that you may read it.',
  'notebook.changedOnDisk':
    '“{path}” was changed by another program since it was opened, so it was not saved over. Open it again to take that version, or copy your cells first.',
  'samples.unknown': 'There is no sample “{id}”. The samples are: {known}.',
  'shell.unavailable': 'This works in the desktop app only.',
} as const;
