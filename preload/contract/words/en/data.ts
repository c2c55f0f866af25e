export const data = {
  'data.fileMissing': 'There is no file {path}. Check the name; paths start at the notebook’s folder.',
  'data.fileMissingNear': 'There is no file {path}. Did you mean {near}?',
  'data.outside': '{path} lies outside the workspace. Copy it into the workspace’s folder and name it from there.',
  'data.unreadable': '{path} cannot be read ({detail}). Check that it is a file and that you may read it.',
  'data.emptyFile': '{path} is empty.',
  'data.gzipDamaged': '{path} is a damaged gzip file: it ends early or its checksum is wrong. Download or copy it again.',
  'data.idxKind': '{path} is not an IDX file: it does not begin with two zero bytes.',
  'data.idxType': '{path} holds values of IDX type {type}; only unsigned bytes (0x08) can be read.',
  'data.idxCut': '{path} is cut short: its header calls for {wanted, number} bytes, it has {found, number}. Download or copy it again.',
  'data.idxLong': '{path} has {found, number} bytes where its header calls for {wanted, number}; it is not what it says it is.',
  'data.notImages':
    '{path} has {rank, plural, one {# dimension} other {# dimensions}}; images have three (count, height, width). Are images and labels swapped?',
  'data.notLabels': '{path} has {rank, plural, one {# dimension} other {# dimensions}}; labels have one. Are images and labels swapped?',
  'data.countsDiffer': 'There are {images, number} images but {labels, number} labels. The two files do not belong together.',
  'data.labelOutside':
    'Sample {row, number} of {path} has the label {label}, but only {classes} class names are given (0 to one less). Add the missing names.',
  'data.tableStep': '{step} works on tables; this data is images. Remove the step.',
  'data.encoding': '{path}, line {line, number}: the text is not UTF-8. Save the file as UTF-8.',
  'data.csv': '{path}, line {line, number}: {detail}',
  'data.raggedRow':
    '{path}, line {line, number}: {found, plural, one {# field} other {# fields}} where the first line has {wanted}. Mend the line, or put quotes round a field that holds the delimiter.',
  'data.columnTwice': '{path} has two columns named “{column}”. Rename one of them.',
  'data.noRows': '{path} has a header but no rows.',
  'data.columnMissing': '{path} has no column “{column}”. It has {names}.',
  'data.columnMissingNear': '{path} has no column “{column}”. Did you mean “{near}”?',
  'data.noTarget': 'Which column is to be predicted? Add .target(…) with one of {names}.',
  'data.oneClass': 'The column “{column}” says “{value}” on every row: there is nothing to tell apart.',
  'data.noFeatures': 'No column is left to learn from. Select at least one besides the target.',
  'data.textFeature':
    'The column “{column}” holds text (“{example}”), and a model takes numbers. Add .oneHot() to make its categories into columns, or leave it out with .select(…).',
  'data.notANumber':
    '{path}, line {line, number}: “{value}” in the column “{column}” is not a number. Mend it, or leave the column out with .select(…).',
  'data.missingValue':
    '{path}, line {line, number}: the column “{column}” has no value here ({count, plural, one {# is missing} other {# are missing}}). Fill it in, or leave the column out with .select(…).',
  'data.splitTooLarge':
    'The split sets aside {validation, number} samples for validation and {test, number} for the test, but there are {samples, number}: none is left to train on.',
  'data.emptyPart': 'The {part} part of the split gets no sample: there are only {samples, number}. Give a larger share, or leave it out.',
  'data.constantColumn': 'The column “{column}” has the same value on every row; nothing can be learned from it.',
  'data.unbalanced':
    'The classes are unbalanced: “{large}” has {largeCount, number} samples, “{small}” {smallCount, number}. Accuracy alone will mislead.',
  'data.classNotTrained':
    '{count, plural, one {The class {classes} has} other {The classes {classes} have}} no sample in the training part. Split with stratify: true.',
} as const;
