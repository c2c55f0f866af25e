export const transfer = {
  'transfer.import': 'Import runs…',
  'transfer.importText':
    'TensorBoard’s event files, MLflow’s stores (a folder or mlflow.db), W&B’s folder “wandb” and its tables, tables of Aim’s SDK, and CSV with a column of epochs; of a folder, all that lies below. Reading the same place again brings runs up to date and makes no doubles.',
  'transfer.path': 'File or folder',
  'transfer.look': 'Look',
  'transfer.read': '{count, plural, one {Import # run} other {Import # runs}}',
  'transfer.found': '{runs, plural, one {# run} other {# runs}}, {scalars, plural, one {# value} other {# values}}',
  'transfer.values': '{count, plural, one {# value} other {# values}}',
  'transfer.imported': '{imported, plural, one {# run} other {# runs}} imported, {updated, number} updated, {unchanged, number} as before',
  'transfer.findings': 'What could not be read, or not as it was',
  'transfer.reading': 'Reading: {item}',
  'transfer.export': 'Export runs…',
  'transfer.exportTitle': '{count, plural, one {Export # run} other {Export # runs}}',
  'transfer.format': 'Format',
  'transfer.folder': 'Folder',
  'transfer.write': 'Write',
  'transfer.writing': 'Writing the runs.',
  'transfer.exported':
    '{runs, plural, one {# run} other {# runs}}, {scalars, plural, one {# value} other {# values}} and {size} in {folder}',
} as const;
