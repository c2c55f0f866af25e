export const training = {
  'training.elsewhere': 'The run “{name}” belongs to another process, such as a command in a terminal. Stop it there.',
  'training.notRunning': 'The run “{name}” is not training now.',
  'training.noCheckpoint':
    'The run “{name}” has no checkpoint: it ended before its first epoch was done. Train it again and export that run.',
  'training.checkpointMissing':
    'The checkpoint “{file}” of this run is gone: there is no file “{path}”. Train it again and export that run.',
  'training.dataChanged':
    'The data has changed since this run was trained, so its classes and its predictions cannot be checked against it. Put the old files back, or train again.',
  'training.dataDiffers':
    'The data is not what it was when this run began, so going on would not give the run that was begun. Put the old files back, or start a new run.',
  'training.imported': 'The run “{name}” was logged by another program: there is nothing here to train it with.',
  'training.diverged':
    'The run “{name}” diverged: going on from there would diverge again. Fork it from an earlier epoch with a lower learning rate.',
  'training.endedBy':
    'The run “{name}” is complete: {reason, select, earlyStopping {early stopping ended it} timeBudget {its time was up} other {it has ended}}. Fork it to train on with other settings.',
  'training.isDone':
    'The run “{name}” is done: all {epochs, plural, one {# epoch is} other {# epochs are}} trained. Ask for more epochs to train on.',
  'training.lengthFixed':
    'The learning rate of the run “{name}” was planned over {epochs, plural, one {# epoch} other {# epochs}} from its first step on, so more of them make another run. Start a new one with more epochs.',
  'training.noEpoch':
    'The run “{name}” has no checkpoint of epoch {epoch} to go on from. {known, select, none {It has none of any epoch.} other {There are those of epochs {known}.}}',
  'training.forkLength':
    'A fork after epoch {epoch} of a training of {epochs, plural, one {# epoch} other {# epochs}} has nothing left to train. Take an earlier epoch, or set more epochs.',
  'training.nothingToReproduce': 'The run “{name}” has no epoch that could be compared.',
  'training.noReproduction': 'The run “{name}” is not another run trained again.',

  'workspace.missing': 'There is no folder “{folder}”. Choose one that exists.',
  'workspace.busy': 'A run is training in this workspace. Stop it, or wait until it is done, before you open another one.',
  'workspace.outside': '“{path}” lies outside the workspace. Move the file into the workspace’s folder.',
  'workspace.fileMissing': 'There is no file “{path}” in the workspace. It may have been moved or deleted.',
  'workspace.isFolder': '“{path}” is a folder, not a notebook.',
  'workspace.taken': 'There is something called “{path}” already. Choose another name.',
  'workspace.badName': '“{name}” cannot be a name. Names begin with no dot and hold none of \\ / : * ? " < > |.',
  'workspace.notImage': '“{path}” is not an image of the workspace. PNG, JPEG, GIF, WebP and SVG files in it are shown.',
  'workspace.imageTooLarge': '“{path}” is larger than {megabytes} MB, so it is not shown. Make a smaller copy.',
  'workspace.unreadable': '“{path}” cannot be read ({detail}). Check that you may read it.',
  'notebook.changedOnDisk':
    '“{path}” was changed by another program since it was opened, so it was not saved over. Open it again to take that version, or copy your cells first.',
  'samples.unknown': 'There is no sample “{id}”. The samples are: {known}.',
  'shell.unavailable': 'This works in the desktop app only.',
} as const;
