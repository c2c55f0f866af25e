import type { engine as en } from '../en/engine.ts';

export const engine: Record<keyof typeof en, string> = {
  'engine.valueRead': '模型的计算依赖于运行时才知道的值，这样的步骤无法编译。',
  'engine.valueType': '模型中不能使用“{type}”类型的值。',
  'engine.kernelUnknown': '模型中的某一层需要运算“{kernel}”，目前还无法编译它来训练。请换用其他层。',

  'engine.backendUnknown': '没有名为“{name}”的后端。可用的有：{names}。',
  'engine.tensorflowMissing': '尚未安装 TensorFlow。用“epochbook backends --install tensorflow”安装（需下载 230 MB，占用磁盘 700 MB）。',
  'engine.memory':
    '训练约需 {needed, number} GB 内存，而可用的只有 {available, number} GB。{most, select, batch {大部分用于 {batch, number} 个样本的批：请减小批大小。} other {大部分用于权重：请减少单元或滤波器，或改用占用更少的优化器，例如 sgd。}}',
  'engine.layerTooLarge': '层“{layer}”（{className}）的权重超出内存所能容纳。请减少单元或滤波器。',
  'engine.gpuMissing': '无法使用图形处理器：{detail}。',
  'engine.backendMissing': '后端“{backend}”在这台电脑上无法使用：{detail} 请换一个；“epochbook backends”会列出此处可用的后端。',

  'engine.modelEmpty': '模型没有任何层。请至少添加一层，例如 layers.dense。',
  'engine.inputCount': '模型有 {wanted} 个输入，却得到 {given} 个张量。',
  'engine.inputNames':
    '模型的输入是 {wanted}；{given, select, none {数据只有一个未命名的输入} other {数据的输入是 {given}}}。请在数据上用 .inputs(…) 指明每个输入的列。',
  'engine.layerUnknown': '没有名为“{name}”的层。{nearest, select, none {} other {是不是“{nearest}”？}}',
  'engine.layerNameTwice': '有两层都叫“{name}”。请给每层各取一个名字，或者不写名字。',
  'engine.connectionMissing': '层“{layer}”以“{from}”的输出为输入，但后者不存在，或者本身依赖于“{layer}”。请检查它应用在什么之上。',
  'engine.layerElsewhere':
    '没有名为“{name}”的层：{way, select, tokenize {文本在进入模型之前由数据切分并编号。请在数据单元中写 .tokenize(…)。} ordinal {类别在进入模型之前由数据变为数字。请在数据单元中写 .ordinal(…) 或 .oneHot(…)。} other {其中的层直接写在模型里，一个接一个即可。}}',
  'engine.optionUnknown': '“{layer}”没有选项“{option}”。{nearest, select, none {} other {是不是“{nearest}”？}}',
  'engine.statefulShuffle':
    '层“{layer}”是有状态的：它把状态从一批传到下一批，因此样本必须保持顺序。请在 train(…) 中设 shuffle: false；一批中的第 i 个样本接着上一批的第 i 个样本（batchSize: 1 就是一条长序列）。',
  'engine.initialState':
    '层“{layer}”的初始状态形状应为 {wanted}，而 initialState 给出的是 {given}。请给出单元数相同的层返回的全部状态（returnState: true）。',
  'engine.reverseLength': '嵌入层反向应用时，向量的长度须与它的 outputDim（{length, number}）相同，而到达的向量长度为 {arrives, number}。',
  'engine.spectrogram':
    '{problem, select, transform {fftLength（{given, number}）不能小于帧长（{wanted, number}）。} step {frameStep（{given, number}）须在 1 到 frameLength（{wanted, number}）之间。} window {窗函数有 {given, number} 个值，而一帧有 {wanted, number} 个。} silent {窗函数在一帧的 {wanted, number} 步上全为 0。请加长帧，或换一种窗函数。} other {信号有 {given, number} 步，而频谱图至少需要 {wanted, number} 步。请缩短帧（fftLength、frameLength）。}}',
  'engine.severalOutputs':
    '层“{layer}”除输出外还返回状态（returnState），sequential([…]) 中的下一层无法接收。请改用带 inputs 和 outputs 的 model(…)，或去掉 returnState。',
  'engine.noKernel':
    'spectralNormalization 会除以层的 kernel 或 embeddings 的最大奇异值，而 {layer} 两者都没有。请用它包裹 dense、embedding 或卷积层。',
  'engine.optionUnsupported': '“{layer}”的选项“{option}”目前还不能取这个值。请去掉它。',
  'engine.optionMissing': '层“{layer}”（{className}）需要选项“{option}”。',
  'engine.optionValue':
    '“{layer}”的“{option}”不能是 {value}：应为{wanted, select, rate {不小于 0 且小于 1 的比例} odd {奇数，或两个奇数} size {大于 0 的整数，或由这样的整数组成的列表} other {大于 0 的整数}}。',
  'engine.activationUnknown': '没有名为“{name}”的激活函数。{nearest, select, none {} other {是不是“{nearest}”？}}',
  'engine.initializerUnknown': '没有名为“{name}”的初始化方法。{nearest, select, none {} other {是不是“{nearest}”？}}',
  'engine.inputShape': '模型的输入形状是 {given}，而数据的样本是 {arrives}。请去掉输入形状：它由数据决定。',
  'engine.attentionInputs': '注意力层接收序列（步数 × 特征）：查询、值，以及需要时步数与值相同的键；实际得到的是 {arrives}。',
  'engine.attentionGroups': '{query} 个查询头无法平均共用 {key} 个键值头。请让 numQueryHeads 是 numKeyValueHeads 的倍数。',
  'engine.positionsLength': '序列有 {steps} 步，但只有 {longest} 个位置。请把 sequenceLength 设为至少 {steps}。',
  'engine.groups': '{channels} 个通道无法分成 {groups} 个相等的组。请选择能整除 {channels} 的数。',
  'engine.stridesAndDilation': '转置卷积的步幅和膨胀率不能同时大于 1。',
  'engine.equation':
    '方程“{equation}”与到达的数据不符。请写出输入的轴（批在最前）、权重的轴和输出的轴，例如 abc,cd->abd，并用 outputShape 给出输出各轴的长度。',
  'engine.notColours': '{layer} 需要红、绿、蓝三个通道的图像，但这里有 {channels, number} 个通道。',
  'engine.boundaries': '边界值必须逐个递增。',
  'engine.outputUnknown': '模型没有输出“{name}”。{nearest, select, none {它有：{names}。} other {您是指“{nearest}”吗？}}',
  'engine.targetUnknown': '数据没有名为“{name}”的目标，而模型有这样一个输出。数据的目标有：{names}。请让输出层与目标同名。',
  'engine.outputLoss': '输出“{name}”没有损失函数。请为每个输出指定一个。',
  'engine.numberTooLarge':
    '层“{layer}”只认识 0 到 {largest} 的数，而第 {sample} 个样本含有 {value, number, ::.###}。请让该层认识 {wanted} 个数（inputDim 或 vocabularySize），或修改数据。',
  'engine.numberNegative':
    '层“{layer}”查找从 0 开始的整数，而第 {sample} 个样本含有 {value, number, ::.###}。请不要做归一化，或从 0 开始给类别编号。',
  'engine.layerRank':
    '层“{layer}”（{className}）接受{wanted, select, vector {一组数值} sequence {序列（步 × 特征）} image {图像（高 × 宽 × 通道）} volume {立体数据（深 × 高 × 宽 × 通道）} rowSequence {行的序列（步 × 长 × 通道）} volumeSequence {立体数据的序列（步 × 深 × 高 × 宽 × 通道）} other {图像序列（步 × 高 × 宽 × 通道）}}，而到达的是 {arrives}。{wanted, select, vector {请在它前面加上 layers.flatten()。} other {请在它前面加上 targetShape 合适的 layers.reshape，或改用 layers.dense。}}',
  'engine.layerWindow':
    '层“{layer}”（{className}）一次要看 {window}，但到达的只有 {arrives}。请缩小窗口、减少前面的池化，或设置 padding: ‘same’。',
  'engine.layerReshape': '层“{layer}”无法把 {arrives} 变成 {target}：到达的 {total} 个值必须恰好全部放得下。',
  'engine.layerConfig': '层“{layer}”（{className}）无法按所写的方式创建：{detail}',
  'engine.layerFailed': '层“{layer}”（{className}）无法接受到达的数据（{arrives}）：{detail}',

  'engine.lossUnknown': '没有名为“{name}”的损失函数。{nearest, select, none {} other {是不是“{nearest}”？}}',
  'engine.lossFit':
    '{problem, select, noSequences {损失“{loss}”要求每个样本的目标是一个类别序列，其中 0 表示空白，也用于末尾填充；但数据中没有这样的目标。请用“kind: ‘classes’”读取二维数组，或换用其他损失。} wantsSteps {损失“{loss}”要求每一步有一行数值，但模型给出 {output}。请返回完整序列，不要展平或全局池化。} wantsLogits {损失“{loss}”需要 logits，但层“{layer}”以“{activation}”结尾。请去掉它的 activation。} tooFewSteps {最长的目标需要 {wanted} 步（每个类别一步，相同的相邻类别之间再加一步），但模型只给出 {steps} 步。请使用更长的输入、更小的步幅或更少的池化，或去掉过长的样本。} positions {目标在 {positions} 个位置上各有一个类别，但模型给出 {output}。请让模型在每个位置给出一行值：返回完整序列，保留高和宽，不要展平或全局池化。} notByPosition {损失“{loss}”按此设置无法评判 {positions} 个位置上的类别。请使用 ‘sparseCategoricalCrossentropy’，或去掉“axis”。} rank {损失“{loss}”需要每个样本一行数值，但模型给出的是 {output}。请在最后的 dense 层前加上 layers.flatten() 或全局池化。} noClasses {损失“{loss}”用于类别，但目标是数值。请使用 ‘meanSquaredError’，或在数据中说明目标是类别。} noShares {损失“{loss}”用于类别或 0 到 1 之间的数值，但目标含有其他数值。请使用 ‘meanSquaredError’，或在数据中说明目标是类别。} oneUnit {损失“{loss}”要求每个类别一个输出，但层“{layer}”只给出一个值。请把它的 units 设为类别数（或不写），或在 sigmoid 之后使用 ‘binaryCrossentropy’。} tooFewUnits {数据有 {classes} 个类别，但层“{layer}”给出 {units} 个值。请把它的 units 设为 {classes}，或不写。} wantsSoftmax {损失“{loss}”需要各类别的概率，但层“{layer}”以“{activation}”结尾。请把它的 activation 设为 ‘softmax’。} manyUnits {损失“{loss}”需要单个输出，但层“{layer}”给出 {units} 个值。请把它的 units 设为 1、activation 设为 ‘sigmoid’，或配合 softmax 使用 ‘sparseCategoricalCrossentropy’。} oneMargin {损失“{loss}”需要单个输出，但层“{layer}”给出 {units} 个值。请把它的 units 设为 1。} wantsSigns {损失“{loss}”需要可正可负的数值，但层“{layer}”以“{activation}”结尾。请把它的 activation 设为 ‘tanh’ 或 ‘linear’。} manyClasses {损失“{loss}”只能区分两个类别，但数据有 {classes} 个。请使用 ‘sparseCategoricalCrossentropy’，配合 {classes} 个 units 和 softmax。} wantsSigmoid {损失“{loss}”需要一个概率，但层“{layer}”以“{activation}”结尾。请把它的 activation 设为 ‘sigmoid’。} wantsNumbers {损失“{loss}”比较的是数值，但目标是类别，模型给出 {output}。请配合 softmax 使用 ‘sparseCategoricalCrossentropy’。} other {损失“{loss}”需要与目标值同样多的输出（{wanted} 个），但层“{layer}”给出 {units} 个。请把它的 units 设为 {wanted}，或不写。}}',
  'engine.lossOption': '损失“{loss}”的“{option}”不能是 {value}。',
  'engine.classWeightFit':
    '{target, select, sequence {类别权重用于单一类别的样本，但这里每个目标是一个类别序列。请去掉 classWeight。} other {类别权重用于类别，但目标是数值。请去掉 classWeight。}}',
  'engine.classUnknown': 'classWeight 中的类别“{name}”在数据中不存在。{nearest, select, none {} other {是不是“{nearest}”？}}',
  'engine.metricUnknown': '没有名为“{name}”的指标。{nearest, select, none {} other {是不是“{nearest}”？}}',
  'engine.metricFit': '指标“{metric}”与损失“{loss}”放在一起没有意义。请去掉它，或换一个合适的。',
  'engine.metricOption': '指标“{metric}”的“{option}”不能是 {value}。',
  'engine.metricClass': '数据中没有类别“{name}”。{nearest, select, none {} other {是不是“{nearest}”？}}',
  'engine.optimizerUnknown': '没有名为“{name}”的优化器。{nearest, select, none {} other {是不是“{nearest}”？}}',
  'engine.optimizerOption': '优化器“{optimizer}”的“{option}”不能是 {value}。衰减率和动量应不小于 0 且小于 1；学习率和 epsilon 不能为负。',
  'engine.clippingTwice': '一次只能用一种方式限制梯度。请去掉“{one}”或“{other}”。',
  'engine.scheduleUnknown': '没有名为“{name}”的学习率调度。{nearest, select, none {} other {是不是“{nearest}”？}}',
  'engine.scheduleOption': '调度“{schedule}”的“{option}”不能是 {value}。学习率不能为负，步数应为整数，边界应依次增大，值应比边界多一个。',
  'engine.plateauSchedule': '学习率由调度决定，reduceLROnPlateau 无法降低它。请给优化器一个数值，或去掉该回调。',
  'engine.averagesMissing': 'swapEMAWeights 需要平均后的权重。请为优化器设置 useEma: true，或去掉该回调。',
  'engine.callbackUnknown': '没有名为“{name}”的回调。{nearest, select, none {} other {是不是“{nearest}”？}}',
  'engine.callbackOption': '回调“{callback}”的“{option}”不能是 {value}。',
  'engine.monitorMissing': '没有可监视的指标“{monitor}”。每一轮报告的有：{metrics}。以 val_ 开头的指标需要验证集：请划分数据。',
  'engine.diverged':
    '第 {epoch} 轮第 {step} 步时损失不再是数（学习率 {rate}）。{what, select, weights {最先超出数值范围的是层“{layer}”的权重。} outputs {最先超出数值范围的是层“{layer}”的输出。} other {各层的输出都是数，但由此算不出损失。}}请降低学习率，或限制梯度：在优化器中设 clipnorm: 1。',
  'engine.divergedData':
    '第 {epoch} 轮第 {step} 步时损失不再是数：数据第 {row} 行的{what, select, inputs {输入} other {目标}}含有不是数的值。请改正或去掉该行，或用 .impute() 填补空缺。',
  'engine.divergedSteps':
    '第 {epoch} 轮第 {step} 步时损失“ctc”为无穷大：数据第 {row} 行的目标所需的步数多于该样本中非填充的步数（每个类别一步，两个相同的类别之间再加一步）。请去掉该行、缩短其目标，或让模型给出更多步。',
  'engine.noSamples': '没有可用于训练的数据：训练集中没有样本。',

  'engine.checkpointCut': '检查点文件不完整。请使用该次训练的其他检查点，或重新训练。',
  'engine.checkpointForeign': '该文件不是 Epochbook 写入的检查点。',
  'engine.checkpointNewer': '该检查点由更新版本的 Epochbook 写入（格式 {version}）。请更新后再打开。',
  'engine.checkpointFit': '该检查点与此模型不符：缺少“{name}”，或其形状不同。',
  'engine.samplesChanged': '训练期间文件 {file} 发生了变化。请在运行结束前不要改动它，然后重新开始运行。',
};
