export const interchange = {
  'interchange.notAFolder': '“{path}” is a file, or lies under one. Choose a folder for the model.',
  'interchange.folderInUse':
    'The folder “{folder}” holds other files, so nothing was written. Choose an empty folder, a new one, or one with an earlier export.',
  'interchange.notFinite':
    'The model predicts values that are not numbers (NaN or infinity), so it was not exported. Export an earlier checkpoint, or train again with a lower learning rate.',
  'interchange.notInTfjs':
    'TensorFlow.js cannot load this model: it lacks {names}. Export it as ONNX instead, which holds the whole computation.',
  'interchange.loadFailed': 'The exported model could not be loaded again by {format}, so its files were removed: {detail}',
  'interchange.predictionsDiffer':
    'The exported model predicts differently in {format} (by up to {difference}; {tolerance} is allowed), so its files were removed. Please report this with your notebook.',

  'interchange.placeMissing': 'There is no file or folder “{path}”.',
  'interchange.nothingFound':
    'In “{path}” there are no runs{tool, select, tensorboard { of TensorBoard (files with “tfevents” in their name)} mlflow { of MLflow (a folder “mlruns”, or mlflow.db)} wandb { of W&B (a folder “wandb” with files “run-….wandb”, or the table of a history or of runs)} aim { of Aim (the table of its SDK’s “Metric.dataframe”)} csv { as CSV (with a column “epoch” or “step”)} other { of TensorBoard, MLflow, W&B or Aim, and no CSV files with a column “epoch” or “step”}}.',
  'interchange.aimFolder':
    '“{path}” is Aim’s own folder, which only Aim can read. Export it with Aim’s SDK, `run.metrics().dataframe(include_run=True, include_name=True, include_context=True).to_csv("metrics.csv")`, and import that file.',
  'interchange.noParquet':
    'The package {package}, which writes Parquet, does not load here ({detail}). Reinstall Epochbook, or export as CSV.',
  'interchange.unreadable': '“{path}” cannot be read: {detail}',
  'interchange.notMlflow': '“{path}” is not a database of MLflow: its tables are missing.',
  'interchange.csvAxis': '“{path}” has no column that says the epoch. Call it one of: {wanted}.',
  'interchange.eventsCut':
    '“{path}” ends in the middle of a record (byte {offset, number}); the {records, plural, one {# record} other {# records}} before were read.',
  'interchange.eventsChecksum':
    '“{path}” is damaged: a checksum is wrong at byte {offset, number}; the {records, plural, one {# record} other {# records}} before were read.',
  'interchange.eventsMalformed': '“{path}” holds a record that is no event; what comes before it was read.',
  'interchange.lineCut': '“{path}” is cut or damaged in line {line}; the lines before were read.',
  'interchange.tablesAside':
    '{count, plural, one {“{path}”, a table} other {“{path}” and other tables}} beside another tool’s logs {count, plural, one {was} other {were}} left aside. {count, plural, one {If it is a run, import that file itself.} other {If they are runs, import them as CSV.}}',
  'interchange.rowSkipped': 'Row {row} of “{path}” was left out: “{value}” is no epoch.',
  'interchange.fieldsSkipped':
    'In “{path}”, {count, plural, one {# field was} other {# fields were}} left out as no number, first in row {row}.',
  'interchange.stepsNumbered':
    'In “{run}”, the {count, number} values of “{metric}” were logged without a step; they are numbered in the order of their times.',
  'interchange.stepsTwice':
    'In “{run}”, {count, plural, one {# value was} other {# values were}} logged again at the same step; the last one is kept.',
} as const;
