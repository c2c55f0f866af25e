import type { interchange as en } from '../en/interchange.ts';

export const interchange: Record<keyof typeof en, string> = {
  'interchange.notAFolder': '“{path}”是文件，或位于某个文件之下。请为模型选择一个文件夹。',
  'interchange.folderInUse': '文件夹“{folder}”中有其他文件，因此没有写入任何内容。请选择空文件夹、新文件夹，或存有先前导出结果的文件夹。',
  'interchange.notFinite': '模型的预测值不是有限的数（NaN 或无穷大），因此没有导出。请导出较早的检查点，或降低学习率后重新训练。',
  'interchange.notInTfjs': 'TensorFlow.js 无法加载此模型：它没有 {names}。请改为导出 ONNX，其中包含全部计算。',
  'interchange.loadFailed': '{format} 无法重新加载导出的模型，因此已删除导出的文件：{detail}',
  'interchange.predictionsDiffer':
    '导出的模型在 {format} 中的预测不一致（最大相差 {difference}，允许 {tolerance}），因此已删除导出的文件。请附上笔记本报告此问题。',

  'interchange.placeMissing': '没有文件或文件夹“{path}”。',
  'interchange.nothingFound':
    '“{path}”中没有{tool, select, tensorboard { TensorBoard 运行（文件名含“tfevents”）} mlflow { MLflow 运行（文件夹“mlruns”或 mlflow.db）} wandb { W&B 运行（含“run-….wandb”文件的文件夹“wandb”，或历史、运行列表的表格）} aim { Aim 运行（SDK 的“Metric.dataframe”表格）} csv {含“epoch”或“step”列的 CSV 文件} other { TensorBoard、MLflow、W&B 或 Aim 运行，也没有含“epoch”或“step”列的 CSV 文件}}。',
  'interchange.aimFolder':
    '“{path}”是 Aim 自己的文件夹，只有 Aim 能读取。请用 Aim SDK 导出：`run.metrics().dataframe(include_run=True, include_name=True, include_context=True).to_csv("metrics.csv")`，然后导入该文件。',
  'interchange.noParquet': '此处无法加载用于写入 Parquet 的 {package}（{detail}）。请重新安装 Epochbook，或导出为 CSV。',
  'interchange.unreadable': '无法读取“{path}”：{detail}',
  'interchange.notMlflow': '“{path}”不是 MLflow 数据库：缺少其数据表。',
  'interchange.csvAxis': '“{path}”中没有表示轮次的列。请使用以下列名之一：{wanted}。',
  'interchange.eventsCut': '“{path}”在一条记录中间结束（第 {offset, number} 字节）；已读取之前的 {records} 条记录。',
  'interchange.eventsChecksum': '“{path}”已损坏：第 {offset, number} 字节处的校验和有误；已读取之前的 {records} 条记录。',
  'interchange.eventsMalformed': '“{path}”中有一条记录不是事件；已读取其之前的内容。',
  'interchange.lineCut': '“{path}”的第 {line} 行被截断或已损坏；已读取之前的各行。',
  'interchange.tablesAside':
    '{count, plural, one {表格“{path}”} other {“{path}”等表格}}与其他工具的日志放在一起，未导入。{count, plural, one {如果它是一次运行，请单独导入该文件。} other {如果它们是运行，请按 CSV 导入。}}',
  'interchange.rowSkipped': '已略去“{path}”的第 {row} 行：“{value}”不是轮次。',
  'interchange.fieldsSkipped': '“{path}”中有 {count} 个字段不是数，已略去，首个位于第 {row} 行。',
  'interchange.stepsNumbered': '“{run}”中“{metric}”的 {count, number} 个值未记录步数，已按时间先后编号。',
  'interchange.stepsTwice': '“{run}”中有 {count} 个值在同一步重复记录，已保留最后一个。',
};
