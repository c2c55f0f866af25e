import type { interchange as en } from '../en/interchange.ts';

export const interchange: Record<keyof typeof en, string> = {
  'interchange.notAFolder': '“{path}”是文件，或位于某个文件之下。请为模型选择一个文件夹。',
  'interchange.folderInUse': '文件夹“{folder}”中有其他文件，因此没有写入任何内容。请选择空文件夹、新文件夹，或存有先前导出结果的文件夹。',
  'interchange.notFinite': '模型的预测值不是有限的数（NaN 或无穷大），因此没有导出。请导出较早的检查点，或降低学习率后重新训练。',
  'interchange.loadFailed': '{format} 无法重新加载导出的模型，因此已删除导出的文件：{detail}',
  'interchange.predictionsDiffer':
    '导出的模型在 {format} 中的预测不一致（最大相差 {difference}，允许 {tolerance}），因此已删除导出的文件。请附上笔记本报告此问题。',
};
