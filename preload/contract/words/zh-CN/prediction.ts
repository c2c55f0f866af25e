import type { prediction as english } from '../en/prediction.ts';

export const prediction: Record<keyof typeof english, string> = {
  'data.givenKind': '无法从 {path} 读取此模型所需的数据。请提供以下类型的文件：{kinds}。',
  'data.givenTwo': '此运行的数据位于两个文件中：请依次给出输入文件和目标文件（{kinds}）。',
  'data.givenOne': '此运行的数据位于一个文件中，“{path}”是多余的。',
  'data.givenEmpty': '文件夹 {path} 中没有此模型可以预测的内容。',
  'data.givenShape':
    '{path} 的样本形状为 {found}，而模型需要 {wanted}。请先转换形状，或在数据单元格中用 .resize([height, width]) 或 size: [height, width] 训练。',
  'data.givenScale': '{path} 含有小数，而模型是用乘以 {scale} 的整数训练的。请保存缩放之前的值。',
  'data.givenShort': '{path} 有 {tokens, number} 个词元；模型需要 {length} 个才能预测下一个。',
  'data.givenWindow': '{path}：模型要看连续的 {length} 行，而没有间断的最长一段只有 {longest, number} 行。',
  'data.unknownClass':
    '{path} 第 {line} {unit, select, row {条记录} other {行}}：模型不认识列“{column}”中的类别“{value}”。它认识：{names}。',
  'data.unknownCategory':
    '{path} 第 {line} {unit, select, row {条记录} other {行}}：模型从未在列“{column}”中见过“{value}”{count, plural, one {} other {（共 # 行）}}，将按不属于任何类别来预测。',
  'training.noPreparation': '“{name}”的数据处理方式没有保存，且数据已经改变。请恢复原来的文件，或重新训练。',
  'training.noPart': '“{name}”的数据没有{part, select, validation {验证} test {测试} other {训练}}部分。',
  'training.outKind': '无法写入 {file}。文件名须以 .csv、.json 或 .parquet 结尾。',
  'cli.evaluate': '在运行自身的各部分或另一个文件上评估其模型。',
  'cli.predict': '用运行的模型预测文件中的内容；文件不必包含目标。',
  'cli.argument.predictFiles': '与训练数据同类的文件，或图片、文本文件夹',
  'cli.option.evaluateData': '包含目标的其他数据；输入和目标在两个文件中时给出两次',
  'cli.option.part': 'train、validation、test 或 all（默认：除 train 以外的全部）',
  'cli.option.predictOut': '改为写入此文件：.csv、.json 或 .parquet',
  'cli.badPart': '没有名为“{value}”的部分。可用：train、validation、test 或 all。',
  'cli.evaluated': '{part, select, train {训练部分} validation {验证部分} test {测试部分} other {{path}}}：{samples, number} 个样本',
  'cli.evaluating': '{name}（{id}），第 {epoch} 轮的模型，{backend}',
  'cli.asRecorded': '与第 {epoch} 轮之后的记录逐位相同。',
  'cli.notAsRecorded':
    '与第 {epoch} 轮之后的记录不同：{metric} 当时为 {recorded}，现在为 {now}。{state, select, changed {数据已经改变。} other {不同的后端、线程数或版本会使末尾数字不同。}}',
  'cli.dataChanged': '数据在此运行训练之后发生了变化（内容的哈希不同）。数据按当时的方式处理并重新划分：样本可能属于与当时不同的部分。',
  'cli.confusionOf': '类别（行）与模型的判断（列）',
  'cli.predicted': '{name} 第 {epoch} 轮的模型作出 {count, number} 个预测',
  'cli.predictedTo': '{file} 中有 {count, number} 个预测，{size}',
  'cli.predicting': '已预测 {count, number} 个',
  'cli.word.file': '文件',
  'cli.word.line': '行',
  'cli.word.row': '记录',
  'cli.word.class': '类别',
  'cli.word.probability': '概率',
};
