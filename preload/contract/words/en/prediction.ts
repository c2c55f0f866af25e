export const prediction = {
  'data.givenKind': '{path} is no file that this model’s data could be read from. Give one of these kinds: {kinds}.',
  'data.givenTwo': 'This run’s data lies in two files: name both, the inputs first, then a file with what is to be predicted ({kinds}).',
  'data.givenOne': 'This run’s data lies in one file; “{path}” is one too many.',
  'data.givenEmpty': 'There is nothing in the folder {path} that this model could predict.',
  'data.givenShape':
    'A sample of {path} is {found}; the model takes {wanted}. Bring it to that shape first, or train with .resize([height, width]) or size: [height, width] in the data cell.',
  'data.givenScale':
    '{path} holds fractions, but the model was trained on whole numbers multiplied by {scale}. Save the values as they were before they were scaled.',
  'data.givenShort': '{path} has {tokens, plural, one {# token} other {# tokens}}; the model wants {length} to say what follows.',
  'data.givenWindow':
    '{path}: the model looks at {length} rows in a row, and the longest stretch without a gap has {longest, plural, one {# row} other {# rows}}.',
  'data.unknownClass':
    '{path}, {unit, select, row {row} other {line}} {line}: the model does not know the class “{value}” of the column “{column}”. It knows {names}.',
  'data.unknownCategory':
    '{path}, {unit, select, row {row} other {line}} {line}: the model has never seen “{value}” in the column “{column}”{count, plural, one {} other {, which # rows say}}. It predicts as if none of the categories held.',
  'training.noPreparation':
    'What “{name}” did to its data was not kept, and its data has changed since. Put the files back as they were, or train it again.',
  'training.noPart': 'The data of “{name}” has no {part, select, validation {validation} test {test} other {training}} part.',
  'training.outKind': '{file} cannot be written. Name a file that ends in .csv, .json or .parquet.',
  'cli.evaluate': 'Evaluates a run’s model on its own parts or on another file.',
  'cli.predict': 'Predicts what is in files with a run’s model; they need not hold the target.',
  'cli.argument.predictFiles': 'files like those the model was trained on, or folders of pictures or texts',
  'cli.option.evaluateData': 'other data with what is to be predicted; twice where inputs and targets lie in two files',
  'cli.option.part': 'train, validation, test or all (default: all but train)',
  'cli.option.predictOut': 'write to this file instead: .csv, .json or .parquet',
  'cli.badPart': '“{value}” is no part. Say train, validation, test or all.',
  'cli.evaluated':
    '{part, select, train {Training part} validation {Validation part} test {Test part} other {{path}}}: {samples, plural, one {# sample} other {# samples}}',
  'cli.evaluating': '{name} ({id}), the model of epoch {epoch}, {backend}',
  'cli.asRecorded': 'The same as recorded after epoch {epoch}, to the bit.',
  'cli.notAsRecorded':
    'Not the same as recorded after epoch {epoch}: {metric} was {recorded} and is {now}. {state, select, changed {The data changed since.} other {Other backend, threads or versions give other last digits.}}',
  'cli.dataChanged':
    'The data changed since this run was trained (its content has another hash). It is prepared as it was then and parted anew: samples may be in another part than they were.',
  'cli.confusionOf': 'Classes (rows) and what the model says (columns)',
  'cli.predicted': '{count, plural, one {# prediction} other {# predictions}} by {name}, the model of epoch {epoch}',
  'cli.predictedTo': '{count, plural, one {# prediction} other {# predictions}} in {file}, {size}',
  'cli.predicting': '{count, number} predicted',
  'cli.word.file': 'file',
  'cli.word.line': 'line',
  'cli.word.row': 'row',
  'cli.word.class': 'class',
  'cli.word.probability': 'probability',
} as const;
