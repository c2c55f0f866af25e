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
  'data.encoding':
    '{path}, line {line, number}: the text is not UTF-8, nor anything else for certain. Say encoding: ’…’ (gbk, windows-1252, …), or save the file as UTF-8.',
  'data.encodingTold': '{path}, line {line, number}: the text is not {encoding}. Say another encoding, or leave it out to have it found.',
  'data.csv': '{path}, line {line, number}: {detail}',
  'data.raggedRow':
    '{path}, line {line, number}: {found, plural, one {# field} other {# fields}} where the first line has {wanted}. Mend the line, or put quotes round a field that holds the delimiter.',
  'data.lineTooWide':
    '{path}, line {line, number}: the line has {fields, number} fields; a row can have {most, number}. The file is damaged, or has no line ends.',
  'data.columnTwice': '{path} has two columns named “{column}”. Rename one of them.',
  'data.noRows': '{path} has a header but no rows.',
  'data.columnMissing': '{path} has no column “{column}”. It has {names}.',
  'data.columnMissingNear': '{path} has no column “{column}”. Did you mean “{near}”?',
  'data.partsOfRows': 'The data cannot have several inputs or targets ({step}) and windows or tokenized text at once.',
  'data.noTarget': 'Which column is to be predicted? Add .target(…) with one of {names}.',
  'data.oneClass': 'The column “{column}” says “{value}” on every row: there is nothing to tell apart.',
  'data.noFeatures': 'No column is left to learn from. Select at least one besides the target.',
  'data.textFeature':
    'The column “{column}” holds text (“{example}”), and a model takes numbers. Add .oneHot() to make its categories into columns, or leave it out with .select(…).',
  'data.notANumber':
    '{path}, {unit, select, row {row} other {line}} {line, number}: “{value}” in the column “{column}” is not a number. Mend it, or leave the column out with .select(…).',
  'data.missingValue':
    '{path}, {unit, select, row {row} other {line}} {line, number}: the column “{column}” has no value here ({count, plural, one {# is missing} other {# are missing}}). Fill gaps with .impute(), drop such rows with .filter(…), or leave the column out with .select(…).',
  'data.splitTooLarge':
    'The split sets aside {validation, number} samples for validation and {test, number} for the test, but there are {samples, number}: none is left to train on.',
  'data.partValues': 'No row says {wanted} in the column “{column}”, so the {part} part is empty. The column says {found}.',
  'data.noTrainRows': 'Every row of the column “{column}” is set aside: none is left to train on.',
  'data.windowFolds': 'Windows of one series overlap, so folds must keep series whole: say which with group: ’…’, or split by time.',
  'data.emptyPart': 'The {part} part of the split gets no sample: there are only {samples, number}. Give a larger share, or leave it out.',
  'data.drawnOutOfOrder':
    'The layer “{layer}” carries its state from sample to sample, but {step, select, kFold {the folds are} other {the split is}} drawn at random: what follows each other in training has holes. {step, select, kFold {Use .split(…) by time or by a column in place of .kFold(…).} other {Split by time or by a column: .split with time: or column:.}}',
  'data.constantColumn': 'The column “{column}” has the same value on every row; nothing can be learned from it.',
  'data.unbalanced':
    'The classes are unbalanced: “{large}” has {largeCount, number} samples, “{small}” {smallCount, number}. Accuracy alone will mislead.',
  'data.classNotTrained':
    '{count, plural, one {The class {classes} has} other {The classes {classes} have}} no sample in the training part. Split with stratify: true.',
  'data.bomb':
    '{path} says that it is {gigabytes, number} GB or more unpacked, over {times, number} times its size: so are archives that are made to fill a disk. Where you trust it, unpack it yourself and name what comes out.',
  'data.tooLarge': '{path} is more than {gigabytes, number} GB unpacked, which is more than can be held in memory here. Use a part of it.',
  'data.readerMissing':
    'The package {package} does not load here ({detail}). These files need it; reinstall Epochbook, or convert the files.',
  'data.table': '{path} cannot be read as a table: {detail}',
  'data.noLook': 'There is nothing to look at closer here: the data is neither a table nor pictures.',
  'data.lookClosed': 'This look at the data was closed. Open it again from its cell.',
  'data.parquet': '{path} cannot be read as Parquet: {detail}',
  'data.json': '{path} cannot be read as JSON: {detail}',
  'data.jsonShape': '{path} does not hold rows: it must be an array of objects, or one object a line.',
  'data.sql': 'The query fails: {detail}',
  'data.sqlTable': '{path} cannot be a table of a query. Its name must end in one of {kinds}.',
  'data.npyKind': '{path} is not a NumPy array file, or its header is damaged.',
  'data.npyType': '{path} holds values of type {type}, which cannot be read here. Save numbers or text, e.g. with array.astype(’float32’).',
  'data.npyCut': '{path} is cut short: its header calls for {wanted, number} bytes, it has {found, number}. Save or copy it again.',
  'data.zipDamaged': '{path} is not a zip archive, or a damaged one. Save or copy it again.',
  'data.npzWhich': 'Which array of {path} are the {what}? Say {what}: ’…’ with one of {names}.',
  'data.npzArray': '{path} has no array “{name}”. It has {names}.',
  'data.npzArrayNear': '{path} has no array “{name}”. Did you mean “{near}”?',
  'data.noSamples': '{path} holds no samples.',
  'data.samplesDiffer':
    '{inputs} has {inputCount, number} samples but {targets} has {targetCount, number}. The two do not belong together.',
  'data.weightNegative':
    '{path}, {unit, select, row {row} other {line}} {line, number}: the column “{column}” says how much samples count, and {value} is below 0. Mend it, or drop such rows with .filter(…).',
  'data.weightSample': 'Sample {sample, number} of {path} is to count {value}. How much a sample counts is a number from 0 on.',
  'data.weightsNone': 'No sample that is trained on counts: all their weights are 0. Choose other weights, or leave them out.',
  'data.labelOfPlace':
    '{path}, sample {row, number}: a class at each place is a whole number from 0 to {most, number}; here is {label}. Number the classes from 0, or leave out “kind” where the target is numbers.',
  'data.oneLabel': '{path} says “{value}” for every sample: there is nothing to tell apart.',
  'data.notFinite':
    'Sample {sample, number} of {path} holds {value}, which is no number to train on. Mend the data, or leave the sample out.',
  'data.notFolder': '{path} is a file. Name the folder in which each class has a folder of pictures.',
  'data.noPictures': 'There are no pictures in the folders of {path}. Each class needs a folder with .png, .jpg or .webp files.',
  'data.oneFolder': '{path} has pictures in one folder alone, “{name}”: there is nothing to tell apart.',
  'data.pictureDamaged':
    '{path} cannot be decoded ({detail}). {count, plural, one {Replace or delete it} other {# pictures are damaged in all: replace or delete them}}, or leave damaged ones out with damaged: ’skip’.',
  'data.pictureSizes': '{path} is {size}, others are {usual}. Bring all to one size, e.g. with size: [{height}, {width}].',
  'data.filesIgnored':
    '{count, plural, one {One file is} other {# files are}} not used, among them {file}: only pictures inside the class folders are. If {count, plural, one {it belongs} other {they belong}} to the data, move {count, plural, one {it} other {them}} into a class folder; no step of the notebook can.',
  'data.filteredAll': 'No row of {path} is left after the filter on “{column}”. Check what it asks for.',
  'data.textStep':
    '.{step}(…) takes numbers, and the column “{column}” holds text. Leave it out, or make it numbers first with .cast, .ordinal or .oneHot.',
  'data.logOfNegative':
    '{path}, {unit, select, row {row} other {line}} {line, number}: the logarithm of {plus} + {value} in the column “{column}” does not exist. Clip the column first, or give a larger plus.',
  'data.nothingToImpute':
    'The column “{column}” has no value at all in the training part to fill gaps with. Leave it out with .select(…), or give a value.',
  'data.imputeText': 'The column “{column}” cannot be filled this way: text takes mostFrequent or a text, numbers take a number.',
  'data.notInOrder':
    '{path}, {unit, select, row {row} other {line}} {line, number}: “{value}” in the column “{column}” is not in the order given. Add it.',
  'data.notATime':
    '{path}, {unit, select, row {row} other {line}} {line, number}: “{value}” in the column “{column}” is no time. Times are numbers, or dates such as 2024-05-31, 2024-05-31T12:30 (which is UTC), 2024-05-31 9:30 PM or 2024-05-31T12:30+02:00.',
  'data.timeZone':
    '{path}, {unit, select, row {row} other {line}} {line, number}: “{value}” in the column “{column}” names its zone {zone}, and more than one zone goes by such letters. Say the hours that are meant, as in {instead}: in the file, or with {query} in data.sql(…).',
  'data.splitWays': 'A split is stratified, by group or by time: only one of them. Take out the others.',
  'data.fewGroups': 'There are {groups, number} groups for {parts, number} parts: each part needs at least one. Choose another column.',
  'data.partTwice': 'The {part} part comes from two places. Leave it out of the split, or do not give other data for it.',
  'data.otherShape': 'The samples of {path} are {found}, those of the training data {wanted}. They must be alike.',
  'data.otherTargets': 'The targets of {path} are of another kind than those of the training data.',
  'data.otherWeights': 'Either all parts say how much samples count, or none: {path} and the training data differ in that.',
  'data.otherClass': '{path} has the class “{name}”, which the training data does not have.',
  'data.otherKind': 'Tables, running text, and images or arrays cannot be parts of one data set.',
  'data.otherStep':
    '.{step}(…) cannot be done to this part alone: what is done to the training data is done to it as well. Take the step out here.',
  'data.nearlyEmpty':
    'The column “{column}” is missing on {missing, number} of {samples, number} rows. Leave it out, unless the gaps themselves tell something.',
  'data.smallClass':
    '{count, plural, one {The class {classes} has {samples, plural, one {# sample} other {# samples}}} other {# classes have very few samples: {classes}}}. That is too few to learn and to judge; collect more, or merge classes.',
  'data.labelSpelling': '{names} are taken for different classes. If they are one, spell them alike.',
  'data.categorySpelling': 'In the column “{column}”, {names} are taken for different categories. If they are one, spell them alike.',
  'data.sameInBoth':
    '{count, plural, one {# sample} other {# samples}} of the {part} part {count, plural, one {is} other {are}} in the training part as well (of {samples, number}). The {part} results will look better than they are; {where, select, otherFile {they lie in two files: take them out of one of the two} other {remove the duplicates}}.',
  'data.contrary':
    '{count, plural, one {# sample is} other {# samples are}} the same as another but of a different class. Check the labels.',
  'data.givesAway':
    'The column “{column}” alone tells “{target}” on every row. If it is not known when predicting, leave it out with .select(…).',
  'data.idColumn':
    'The column “{column}” only numbers or names the rows; a model can learn nothing from it but the rows by heart. Leave it out with .select(…).',
  'data.placeholder':
    'The column “{column}” says {value} on {count, number} rows, far from all other values. If that stands for a missing value, drop the rows with .filter(…), or make it a gap in the file and fill it with .impute().',
  'data.notScaled':
    'The values of the columns have very different ranges: “{large}” spans {largeRange, number}, “{small}” {smallRange, number}. Training goes better with .standardize().',
  'data.cacheDamaged':
    '{count, plural, one {A file} other {# files}} of the cache in .epochbook {count, plural, one {was} other {were}} not as written, so this data was read from its source again. If that happens more than once, have the disk checked.',
  'data.picturesSkipped':
    '{count, plural, one {One picture is} other {# pictures are}} damaged and left out: {file}{count, plural, one {} other { and others}}. Replace what you can; no step of the notebook mends a file.',
  'data.largeValues':
    'The model sees values from {min, number} to {max, number}; training goes better with values near 0 and 1. Scale them.',
  'data.labelKind':
    '{names} {count, plural, one {is a number on one sample} other {are numbers on # samples}} among labels that are words. Check whether that is meant.',
  'data.twice':
    '{count, plural, one {One picture is} other {# pictures are}} in the training part twice. They count double; keep one of each.',
  'data.future':
    'The column “{column}” holds the “{target}” of the next row. When predicting, nobody knows it yet: leave it out with .drop(…).',
  'data.lookAhead':
    'The rows are a series (“{column}”) in which each “{target}” is like the one before, but they are split at random: what is validated on lies between rows that were trained on. Split by time.',
  'data.outlier':
    'The column “{column}” has {count, plural, one {one value} other {# values}} far beyond all others ({value, number}; the rest is from {min, number} to {max, number}). Mend the data, or clip it.',
  'data.shifted':
    'The {part} part differs from the training part more than chance allows, in {count, plural, one {the column {columns}} other {# columns, most in {columns}}}. Check how the rows were parted; where the target itself has shifted, no step of the notebook mends it.',
  'data.categoryNotTrained':
    'The column “{column}” has {count, plural, one {the value {categories}} other {# values}} outside the training part alone{count, plural, one {} other { ({categories} among them)}}; the model never learns {count, plural, one {it} other {them}}.',
  'data.targetIsFeature': 'The column “{column}” is the target and cannot be what it is predicted from.',
  'data.noTokens': 'The column “{column}” has no text in the training part to make a vocabulary of.',
  'data.tooManyWords':
    'The texts have more than {most, number} different words, which is more than can be counted in memory. Say that the data may take less of it, with .memory(…): they are then counted on the disk.',
  'data.noTexts': 'There are no texts in the folders of {path}. Each class needs a folder with .txt files.',
  'data.oneTextFolder': '{path} has texts in one folder alone, “{name}”: there is nothing to tell apart.',
  'data.textShort':
    'The {part, select, train {training} other {{part}}} part of {path} has {tokens, plural, one {# token} other {# tokens}}; a sample takes {length} and the one that follows. Give a smaller length, or more text.',
  'data.windowMoments':
    '{count, number} rows are at the same {time} as the one before them. If these are several series, say group: ’…’ with the column that tells them apart.',
  'data.windowGap': '“{gap}” is no span of time. Give a number, or e.g. ’90 s’, ’5 min’, ’1 hour’, ’3 days’, ’2 weeks’.',
  'data.windowNone':
    'No window fits between the gaps: it takes {span, number} rows without a gap, and the longest stretch of the {part, select, train {training} other {{part}}} part has {longest, number}. Rows are usually {usual, number} apart, and {gap, number} is taken for a gap (seconds, for dates); say a larger gap: …, or make windows shorter.',
  'data.windowPart':
    'The {part, select, train {training} other {{part}}} part has no window: one takes {span, number} rows in a row, and the longest series there has {longest, number}. Make windows shorter, or give the part a larger share.',
  'data.windowStratify': 'Windows are split by time, so that nothing is learnt from what comes later; take stratify out.',
  'data.windowOfText': 'Windows are of rows of numbers; tokenized text has its own length. Take one of the two out.',
  'data.windowClasses': 'Of classes, a window predicts one. Take outputs out, or say kind: ’number’ for the target.',
  'data.notPictures':
    '{step} works on pictures, whose samples have three dimensions (height, width, channels); these are {found}. Add .reshape([height, width, channels]) before it.',
  'data.augmentText': 'Tokens are numbers of words, which cannot be changed a little. Take .augment(…) out.',
  'data.reshape':
    '.reshape(…) wants {wanted}, which is {wantedSize, number} values; a sample is {found}, which is {foundSize, number}. The two must be equal.',
  'data.expression':
    '“{expression}”, character {column, number}: {problem, select, column {there is no such column at “{rest}”; there are {names}} function {there is no such function at “{rest}”} arguments {the function at “{rest}” takes another number of values} end {the formula ends too early} deep {the formula is nested too deeply} other {“{rest}” is not expected here}}.',
  'data.expressionNear': '“{expression}”, character {column, number}: did you mean {near}?',
  'data.arrow': '{path} cannot be read as Arrow or Feather 2: {detail}',
  'data.arrowDamaged': '{path} is damaged, or no Arrow file. Save or copy it again.',
  'data.sqlite': '{path} cannot be read as an SQLite database: {detail}',
  'data.sqliteChanging':
    '{path} is being changed by another program: part of it lies in its log ({path}-wal). Close that program, and check again.',
  'data.sqliteWhich': '{path} has the tables {names}. Say which with table: ’…’.',
  'data.sqliteTable': '{path} has no table “{table}”. It has {names}.',
  'data.sqliteTableNear': '{path} has no table “{table}”. Did you mean “{near}”?',
  'data.zipEntry': '{path} is not in the archive. It has {names}.',
  'data.zipEntryNear': '{path} is not in the archive. Did you mean {near}?',
  'data.zipWhich': 'Which file of {path}? Name one after it, e.g. {path}/{first}; it has {names}.',
  'data.labelFile': '{labels}, line {line, number}: there is no picture “{file}” below {path}.',
  'data.labelTwice': '{labels}, line {line, number}: the picture “{file}” has a label already.',
  'data.labelEmpty': '{labels}, line {line, number}: the picture “{file}” has no label.',
  'data.oneHotTooWide':
    'The column “{column}” says {categories, number} different things on {rows, number} rows, and .oneHot() makes a column of each: more than there is room for. If it only names the rows, leave it out with .drop(…); else number its categories with .ordinal(…).',
  'data.largeText':
    '{path} is larger than memory, and the column “{column}” says more than {most, number} different things in it. Leave the column out with .select(…) or .drop(…), or use a part with take(…).',
  'data.changedMeanwhile': '{path} changed while it was being read. Leave it as it is for a moment, and read it again.',
  'data.stepOfSeveral':
    '.{step}(…) does not work on data with several inputs. Bring arrays into shape before they are saved, or do it in the model: layers.reshape, layers.resizing, layers.randomFlip, …',
  'data.inputUnknown': 'The data has no input “{name}”. It has: {names}.',
  'data.noLabelTable':
    '“{option}” names columns of the table that says the pictures’ labels, and there is none. Name it with labels: ’….csv’.',
  'data.rowsBeyondMemory':
    '{path} has {rows, number} rows, and what is kept of each of them while training takes {gigabytes, number} GB of memory: more than this computer has. Use a part of them with .take(…) or .filter(…).',
  'data.replaceComputed':
    ".replace(…) makes words of numbers that are computed for “{column}”, and {path} is larger than memory: say that the column is one of words, with .cast(’{column}’, '{' to: ’text’ '}').",
  'data.textTooLarge':
    "{path} holds more than {megabytes, number} MB of text, which is more than can be read as one table here. Choose rows and columns of it with data.sql(’SELECT … FROM t’, '{' tables: '{' t: ’{path}’ '}' '}'), or convert it to Parquet and do so from there.",
} as const;
