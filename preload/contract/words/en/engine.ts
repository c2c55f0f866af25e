export const engine = {
  'engine.valueRead': 'The model’s computation depends on values that are only known while it runs. Such a step cannot be compiled.',
  'engine.valueType': 'Values of the type “{type}” cannot be used in a model.',
  'engine.kernelUnknown':
    'A layer of this model needs the operation “{kernel}”, which cannot be compiled for training yet. Use another layer in its place.',

  'engine.backendUnknown': 'There is no backend “{name}”. There are: {names}.',
  'engine.tensorflowMissing':
    'TensorFlow is not installed. “epochbook backends --install tensorflow” installs it (230 MB to fetch, 700 MB on the disk).',
  'engine.memory':
    'Training this would take about {needed, number} GB of memory, and there are {available, number} GB for it. {most, select, batch {Most of it is for a batch of {batch, number} samples: make it smaller.} other {Most of it is for the weights: use fewer units or filters, or an optimizer that remembers less, such as sgd.}}',
  'engine.layerTooLarge': 'The layer “{layer}” ({className}) has more weights than memory can hold. Use fewer units or filters.',
  'engine.gpuMissing': 'The graphics processor cannot be used: {detail}.',
  'engine.backendMissing':
    'The backend “{backend}” does not work on this computer: {detail} Choose another one; “epochbook backends” lists what works here.',

  'engine.modelEmpty': 'The model has no layers. Add at least one, such as layers.dense.',
  'engine.inputCount':
    'A model with {wanted, plural, one {# input} other {# inputs}} is given {given, plural, one {# tensor} other {# tensors}}.',
  'engine.inputNames':
    'The model’s inputs are {wanted}; {given, select, none {the data has one input without a name} other {the data’s are {given}}}. Name the columns of each with .inputs(…) on the data.',
  'engine.layerUnknown': 'There is no layer “{name}”.{nearest, select, none {} other { Did you mean “{nearest}”?}}',
  'engine.layerNameTwice': 'Two layers are named “{name}”. Give each a name of its own, or leave the names out.',
  'engine.connectionMissing':
    'The layer “{layer}” takes the output of “{from}”, which is not there or depends on “{layer}” itself. Check what it is applied to.',
  'engine.layerElsewhere':
    'There is no layer “{name}”: {way, select, tokenize {texts are cut and numbered with the data, before the model. Write .tokenize(…) in the data cell.} ordinal {categories become numbers with the data, before the model. Write .ordinal(…) or .oneHot(…) in the data cell.} other {its layers stand in the model themselves. Write them one after another.}}',
  'engine.optionUnknown': '“{layer}” has no option “{option}”.{nearest, select, none {} other { Did you mean “{nearest}”?}}',
  'engine.statefulShuffle':
    'The layer “{layer}” is stateful: it carries its state from batch to batch, so samples must keep their order. Set shuffle: false in train(…); sample i of a batch goes on where sample i of the batch before ended (batchSize: 1 is one long sequence).',
  'engine.initialState':
    'The layer “{layer}” begins with states of the shapes {wanted}, but those of initialState are {given}. Give it all the states that a layer with as many units returns (returnState: true).',
  'engine.reverseLength':
    'Applied backwards, the embedding takes vectors of its own length, outputDim: {length, number}. Those that arrive have the length {arrives, number}.',
  'engine.spectrogram':
    '{problem, select, transform {fftLength ({given, number}) must not be below the length of a frame ({wanted, number}).} step {frameStep ({given, number}) must be from 1 to frameLength ({wanted, number}).} window {The window has {given, number} values, but a frame has {wanted, number}.} silent {The window is 0 at each of a frame’s {wanted, number} steps. Take longer frames, or another window.} other {The signal has {given, number} steps, and the spectrogram needs at least {wanted, number}. Take shorter frames (fftLength, frameLength).}}',
  'engine.severalOutputs':
    'The layer “{layer}” gives its states besides its output (returnState), which the next layer of sequential([…]) cannot take. Use model(…) with inputs and outputs, or leave returnState out.',
  'engine.noKernel':
    'spectralNormalization divides a layer’s kernel or embeddings, and {layer} has neither. Put it around dense, embedding or a convolution.',
  'engine.optionUnsupported': 'The option “{option}” of “{layer}” cannot have this value yet. Leave it out.',
  'engine.optionMissing': 'The layer “{layer}” ({className}) needs the option “{option}”.',
  'engine.optionValue':
    '“{layer}” cannot have {value} as “{option}”: {wanted, select, rate {a share from 0 to below 1} odd {an odd number, or two of them,} size {a whole number above 0, or a list of such numbers} other {a whole number above 0}} is wanted.',
  'engine.activationUnknown': 'There is no activation “{name}”.{nearest, select, none {} other { Did you mean “{nearest}”?}}',
  'engine.initializerUnknown': 'There is no initializer “{name}”.{nearest, select, none {} other { Did you mean “{nearest}”?}}',
  'engine.inputShape':
    'The model’s input shape is {given}, but the data’s samples are {arrives}. Leave the input shape out: it comes from the data.',
  'engine.attentionInputs':
    'Attention takes sequences (steps × features): a query, a value and, if need be, a key with as many steps as the value; what arrives is {arrives}.',
  'engine.attentionGroups':
    '{query} query heads cannot share {key} key and value heads evenly. Make numQueryHeads a multiple of numKeyValueHeads.',
  'engine.positionsLength':
    'The sequences have {steps} steps, but there are positions for {longest} only. Make sequenceLength at least {steps}.',
  'engine.groups': '{channels} channels cannot be divided into {groups} equal groups. Choose a number that divides {channels}.',
  'engine.stridesAndDilation': 'A transposed convolution cannot have strides and a dilation rate above 1 at once.',
  'engine.equation':
    'The equation “{equation}” does not fit what arrives. Write the input’s axes with the batch first, the weights’ and the output’s, e.g. abc,cd->abd, and give outputShape the lengths of the output’s axes.',
  'engine.notColours':
    '{layer} wants images of three colours, red, green and blue, but these have {channels, plural, one {one channel} other {# channels}}.',
  'engine.boundaries': 'The boundaries must grow from one to the next.',
  'engine.outputUnknown': 'The model has no output “{name}”.{nearest, select, none { It has: {names}.} other { Did you mean “{nearest}”?}}',
  'engine.targetUnknown':
    'The data has no target “{name}”, which an output of the model is named. It has: {names}. Name the output’s layer after a target.',
  'engine.outputLoss': 'The output “{name}” has no loss. Say one for each output.',
  'engine.numberTooLarge':
    'The layer “{layer}” knows the numbers 0 to {largest}, but sample {sample} holds {value, number, ::.###}. Make the layer know {wanted} of them (inputDim or vocabularySize), or change the data.',
  'engine.numberNegative':
    'The layer “{layer}” looks up whole numbers from 0 on, but sample {sample} holds {value, number, ::.###}. Leave out normalizing, or number the categories from 0.',
  'engine.layerRank':
    'The layer “{layer}” ({className}) takes {wanted, select, vector {a vector of values} sequence {a sequence (steps × features)} image {an image (height × width × channels)} volume {a volume (depth × height × width × channels)} rowSequence {a sequence of rows (steps × length × channels)} volumeSequence {a sequence of volumes (steps × depth × height × width × channels)} other {a sequence of images (steps × height × width × channels)}}; what arrives is {arrives}. {wanted, select, vector {Put layers.flatten() before it.} other {Put layers.reshape with the right targetShape before it, or use layers.dense.}}',
  'engine.layerWindow':
    'The layer “{layer}” ({className}) looks at {window} at a time, but only {arrives} arrives. Make the window smaller, pool less before it, or set padding: ‘same’.',
  'engine.layerReshape': 'The layer “{layer}” cannot make {target} of {arrives}: the {total} values that arrive must all fit in exactly.',
  'engine.layerConfig': 'The layer “{layer}” ({className}) cannot be made as it is described: {detail}',
  'engine.layerFailed': 'The layer “{layer}” ({className}) cannot take what arrives ({arrives}): {detail}',

  'engine.lossUnknown': 'There is no loss “{name}”.{nearest, select, none {} other { Did you mean “{nearest}”?}}',
  'engine.lossFit':
    '{problem, select, noSequences {The loss “{loss}” wants a sequence of classes for each sample, with 0 for the blank and to pad the end; the data has no such target. Read an array of two dimensions with “kind: ‘classes’”, or use another loss.} wantsSteps {The loss “{loss}” wants a row of values at each step, but the model gives {output}. Return sequences, and leave out flatten and pooling to one.} wantsLogits {The loss “{loss}” takes logits, but the layer “{layer}” ends in “{activation}”. Leave its activation out.} tooFewSteps {The longest target needs {wanted} steps, one for each class and one more between two that are the same, but the model gives {steps}. Give longer inputs, smaller strides or less pooling, or leave long samples out.} positions {The target is a class at each of {positions} places, but the model gives {output}. Let it give one row of values a place: return sequences, keep the height and width, and leave out flatten and pooling to one.} notByPosition {The loss “{loss}”, as it is set, cannot judge a class at each of {positions} places. Use ‘sparseCategoricalCrossentropy’, or leave out “axis”.} rank {The loss “{loss}” wants one row of values a sample, but the model gives {output}. Put layers.flatten() or a global pooling before the last dense layer.} noClasses {The loss “{loss}” is for classes, but the target is a number. Use ‘meanSquaredError’, or tell the data that the target is a class.} noShares {The loss “{loss}” is for classes, or for numbers from 0 to 1, but the target holds other numbers. Use ‘meanSquaredError’, or tell the data that the target is a class.} oneUnit {The loss “{loss}” wants one output a class, but the layer “{layer}” gives one value. Set its units to the number of classes (or leave them out), or use ‘binaryCrossentropy’ behind a sigmoid.} tooFewUnits {The data has {classes} classes, but the layer “{layer}” gives {units} values. Set its units to {classes}, or leave them out.} wantsSoftmax {The loss “{loss}” wants probabilities over the classes, but the layer “{layer}” ends in “{activation}”. Set its activation to ‘softmax’.} manyUnits {The loss “{loss}” wants a single output, but the layer “{layer}” gives {units} values. Set its units to 1 and its activation to ‘sigmoid’, or use ‘sparseCategoricalCrossentropy’ with softmax.} oneMargin {The loss “{loss}” wants a single output, but the layer “{layer}” gives {units} values. Set its units to 1.} wantsSigns {The loss “{loss}” wants numbers below and above 0, but the layer “{layer}” ends in “{activation}”. Set its activation to ‘tanh’ or ‘linear’.} manyClasses {The loss “{loss}” tells two classes apart, but the data has {classes}. Use ‘sparseCategoricalCrossentropy’ with {classes} units and softmax.} wantsSigmoid {The loss “{loss}” wants a probability, but the layer “{layer}” ends in “{activation}”. Set its activation to ‘sigmoid’.} wantsNumbers {The loss “{loss}” compares numbers, but the target is a class and the model gives {output}. Use ‘sparseCategoricalCrossentropy’ with softmax.} other {The loss “{loss}” wants as many outputs as there are target values ({wanted}), but the layer “{layer}” gives {units}. Set its units to {wanted}, or leave them out.}}',
  'engine.lossOption': 'The loss “{loss}” cannot have {value} as “{option}”.',
  'engine.classWeightFit':
    '{target, select, sequence {Class weights are for samples of one class, but here each target is a sequence of them. Leave classWeight out.} other {Class weights are for classes, but the target is a number. Leave classWeight out.}}',
  'engine.classUnknown':
    'classWeight names the class “{name}”, which the data does not have.{nearest, select, none {} other { Did you mean “{nearest}”?}}',
  'engine.metricUnknown': 'There is no metric “{name}”.{nearest, select, none {} other { Did you mean “{nearest}”?}}',
  'engine.metricFit': 'The metric “{metric}” means nothing with the loss “{loss}”. Leave it out, or choose one that fits.',
  'engine.metricOption': 'The metric “{metric}” cannot have {value} as “{option}”.',
  'engine.metricClass': 'The data has no class “{name}”.{nearest, select, none {} other { Did you mean “{nearest}”?}}',
  'engine.optimizerUnknown': 'There is no optimizer “{name}”.{nearest, select, none {} other { Did you mean “{nearest}”?}}',
  'engine.optimizerOption':
    'The optimizer “{optimizer}” cannot have {value} as “{option}”. Decay rates and momentum lie from 0 to below 1; rates and epsilon are not negative.',
  'engine.clippingTwice': 'Gradients can be bounded in one way at a time. Leave out “{one}” or “{other}”.',
  'engine.scheduleUnknown': 'There is no schedule “{name}”.{nearest, select, none {} other { Did you mean “{nearest}”?}}',
  'engine.scheduleOption':
    'The schedule “{schedule}” cannot have {value} as “{option}”. Rates are not negative, steps are whole numbers, boundaries rise, and there is one more value than boundaries.',
  'engine.plateauSchedule':
    'The learning rate follows a schedule, so reduceLROnPlateau cannot lower it. Give the optimizer a number, or leave the callback out.',
  'engine.averagesMissing': 'swapEMAWeights needs weights that are averaged. Give the optimizer useEma: true, or leave the callback out.',
  'engine.callbackUnknown': 'There is no callback “{name}”.{nearest, select, none {} other { Did you mean “{nearest}”?}}',
  'engine.callbackOption': 'The callback “{callback}” cannot have {value} as “{option}”.',
  'engine.monitorMissing':
    'There is no metric “{monitor}” to watch. Every epoch reports: {metrics}. Names that start with val_ need a validation part: split the data.',
  'engine.diverged':
    'The loss is no longer a number at step {step} of epoch {epoch} (learning rate {rate}). {what, select, weights {The weights of the layer “{layer}” were the first to grow beyond all numbers.} outputs {The output of the layer “{layer}” was the first to grow beyond all numbers.} other {All layers’ outputs are numbers; it is the loss that cannot be computed from them.}} Lower the learning rate, or bound the gradients: clipnorm: 1 in the optimizer.',
  'engine.divergedData':
    'The loss is no longer a number at step {step} of epoch {epoch}: the {what, select, inputs {inputs} other {target}} of row {row} of the data hold a value that is no number. Correct or remove that row, or fill gaps with .impute().',
  'engine.divergedSteps':
    'The loss “ctc” is infinite at step {step} of epoch {epoch}: the target of row {row} of the data takes more steps than the sample has that are no padding, one for each class and one more between two that are the same. Remove that row, shorten its target, or let the model give more steps.',
  'engine.noSamples': 'There is nothing to train on: the training part has no samples.',

  'engine.checkpointCut': 'The checkpoint’s file is cut short. Use another checkpoint of the run, or train it again.',
  'engine.checkpointForeign': 'The file is not a checkpoint that Epochbook wrote.',
  'engine.checkpointNewer': 'The checkpoint was written by a newer Epochbook (format {version}). Update to open it.',
  'engine.checkpointFit': 'The checkpoint does not fit this model: “{name}” is missing or has another shape.',
  'engine.samplesChanged':
    'The file {file} changed while it was being trained on. Leave it as it is until the run has ended, and start the run again.',
} as const;
