import type { training as en } from '../en/training.ts';

export const training: Record<keyof typeof en, string> = {
  'training.notRunning': '运行“{name}”当前没有在训练。',
  'training.noCheckpoint': '运行“{name}”没有检查点：它在第一轮完成之前就结束了。请重新训练后再导出。',
  'training.checkpointMissing': '此运行的检查点“{file}”已不存在：没有文件“{path}”。请重新训练后再导出。',
  'training.dataChanged': '数据在此运行训练之后发生了变化，无法据此核对其类别和预测。请恢复原来的文件，或重新训练。',

  'workspace.missing': '文件夹“{folder}”不存在。请选择一个已有的文件夹。',
  'workspace.busy': '此工作区中有运行正在训练。请先停止它，或等它结束，再打开其他工作区。',
  'workspace.outside': '“{path}”在工作区之外。请把文件移到工作区文件夹内。',
  'workspace.fileMissing': '工作区中没有文件“{path}”。它可能已被移动或删除。',
  'workspace.isFolder': '“{path}”是文件夹，不是笔记本。',
  'workspace.unreadable': '无法读取“{path}”（{detail}）。请检查是否有读取权限。',
  'notebook.changedOnDisk': '“{path}”打开之后被其他程序修改过，因此没有覆盖保存。请重新打开以采用那个版本，或先复制你的单元格。',
  'samples.unknown': '没有示例“{id}”。可用的示例：{known}。',
  'shell.unavailable': '此功能仅在桌面应用中可用。',
};
