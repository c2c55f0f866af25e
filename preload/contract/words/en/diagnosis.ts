export const diagnosis = {
  'diagnosis.diverging': 'The loss grows out of bounds from epoch {epoch, number} on.',
  'diagnosis.learningRateTooHigh': 'From epoch {epoch, number} on the loss jumps up and down and does not settle: the steps are too large.',
  'diagnosis.learningRateTooLow':
    'From epoch {epoch, number} on the loss goes down in a straight line, and hardly: the steps are too small.',
  'diagnosis.underfitting': 'Since epoch {epoch, number} the model learns nothing more, and is hardly better than guessing.',
  'diagnosis.overfitting': 'From epoch {epoch, number} on it gets better on the training data and worse on the validation data.',
  'diagnosis.plateau': 'From epoch {epoch, number} on nothing gets clearly better.',
  'diagnosis.stillImproving': 'It was still getting better when its epochs were over, clearly so since epoch {epoch, number}.',
  'diagnosis.try.lowerLearningRate': 'A lower learning rate{knob, select, none {} other {: {knob} = {value}}}',
  'diagnosis.try.raiseLearningRate': 'A higher learning rate{knob, select, none {} other {: {knob} = {value}}}',
  'diagnosis.try.fewerEpochs': 'Fewer epochs, or early stopping{knob, select, none {} other {: {knob} = {value}}}',
  'diagnosis.try.moreEpochs': 'More epochs{knob, select, none {} other {: {knob} = {value}}}',
  'diagnosis.try.smallerModel': 'A smaller model, or weight decay{knob, select, none {} other {: {knob} = {value}}}',
  'diagnosis.try.largerModel': 'A larger model, or other inputs{knob, select, none {} other {: {knob} = {value}}}',
  'diagnosis.try.moreDropout': 'Dropout, or more of it{knob, select, none {} other {: {knob} = {value}}}',
  'diagnosis.try.moreData': 'More data, or augmentation',
  'diagnosis.try.clip': 'Gradient clipping, and inputs that are normalized',
} as const;
