import type { diagnosis as en } from '../en/diagnosis.ts';

export const diagnosis: Record<keyof typeof en, string> = {
  'diagnosis.diverging': '从第 {epoch} 轮起，损失不断增大，失去控制。',
  'diagnosis.learningRateTooHigh': '从第 {epoch} 轮起，损失上下跳动、不收敛：步长过大。',
  'diagnosis.learningRateTooLow': '从第 {epoch} 轮起，损失近乎直线地缓慢下降：步长过小。',
  'diagnosis.underfitting': '自第 {epoch} 轮以来模型不再学到东西，几乎不比猜测更好。',
  'diagnosis.overfitting': '从第 {epoch} 轮起，在训练数据上变好，在验证数据上变差。',
  'diagnosis.plateau': '从第 {epoch} 轮起，没有明显改善。',
  'diagnosis.stillImproving': '计划的轮次用完时仍在改善，自第 {epoch} 轮以来尤为明显。',
  'diagnosis.try.lowerLearningRate': '降低学习率{knob, select, none {} other {：{knob} = {value}}}',
  'diagnosis.try.raiseLearningRate': '提高学习率{knob, select, none {} other {：{knob} = {value}}}',
  'diagnosis.try.fewerEpochs': '减少轮次，或使用早停{knob, select, none {} other {：{knob} = {value}}}',
  'diagnosis.try.moreEpochs': '增加轮次{knob, select, none {} other {：{knob} = {value}}}',
  'diagnosis.try.smallerModel': '更小的模型，或权重衰减{knob, select, none {} other {：{knob} = {value}}}',
  'diagnosis.try.largerModel': '更大的模型，或其他输入{knob, select, none {} other {：{knob} = {value}}}',
  'diagnosis.try.moreDropout': '使用或增加 dropout{knob, select, none {} other {：{knob} = {value}}}',
  'diagnosis.try.moreData': '更多数据，或数据增强',
  'diagnosis.try.clip': '梯度裁剪，并对输入做归一化',
};
