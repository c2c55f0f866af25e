export const interchange = {
  'interchange.notAFolder': '“{path}” is a file, or lies under one. Choose a folder for the model.',
  'interchange.folderInUse':
    'The folder “{folder}” holds other files, so nothing was written. Choose an empty folder, a new one, or one with an earlier export.',
  'interchange.notFinite':
    'The model predicts values that are not numbers (NaN or infinity), so it was not exported. Export an earlier checkpoint, or train again with a lower learning rate.',
  'interchange.loadFailed': 'The exported model could not be loaded again by {format}, so its files were removed: {detail}',
  'interchange.predictionsDiffer':
    'The exported model predicts differently in {format} (by up to {difference}; {tolerance} is allowed), so its files were removed. Please report this with your notebook.',
} as const;
