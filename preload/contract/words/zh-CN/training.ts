import type { training as en } from '../en/training.ts';

export const training: Record<keyof typeof en, string> = {
  'training.elsewhere': '运行“{name}”属于另一个进程，例如终端中的命令。请在那里停止。',
  'training.notRunning': '运行“{name}”当前没有在训练。',
  'training.noCheckpoint': '运行“{name}”没有检查点：它在第一轮完成之前就结束了。请重新训练后再导出。',
  'training.checkpointMissing': '此运行的检查点“{file}”已不存在：没有文件“{path}”。请重新训练后再导出。',
  'training.dataChanged': '数据在此运行训练之后发生了变化，无法据此核对其类别和预测。请恢复原来的文件，或重新训练。',
  'training.dataDiffers': '数据与此运行开始时不同，继续训练得不到原来的运行。请恢复原来的文件，或开始新的运行。',
  'training.imported': '运行“{name}”由其他程序记录：这里没有可用来训练它的内容。',
  'training.diverged': '运行“{name}”已发散：从那里继续还会发散。请用更小的学习率从更早的一轮分叉。',
  'training.endedBy':
    '运行“{name}”已经完成：{reason, select, earlyStopping {提前停止结束了它} timeBudget {时间已用完} other {它已结束}}。请分叉，用其他设置继续训练。',
  'training.isDone': '运行“{name}”已完成：全部 {epochs} 轮都已训练。如要继续，请指定更多轮数。',
  'training.lengthFixed': '运行“{name}”的学习率从第一步起就按 {epochs} 轮规划，增加轮数就成了另一次运行。请用更多轮数开始新的运行。',
  'training.noEpoch':
    '运行“{name}”没有第 {epoch} 轮的检查点，无法从那里继续。{known, select, none {它没有任何一轮的检查点。} other {现有第 {known} 轮的检查点。}}',
  'training.forkLength': '总共训练 {epochs} 轮，在第 {epoch} 轮之后分叉就没有可训练的了。请选更早的一轮，或设置更多轮数。',
  'training.nothingToReproduce': '运行“{name}”没有可比较的轮次。',
  'training.noReproduction': '运行“{name}”不是对其他运行的重新训练。',

  'workspace.missing': '文件夹“{folder}”不存在。请选择一个已有的文件夹。',
  'workspace.busy': '此工作区中有运行正在训练。请先停止它，或等它结束，再打开其他工作区。',
  'workspace.outside': '“{path}”在工作区之外。请把文件移到工作区文件夹内。',
  'workspace.fileMissing': '工作区中没有文件“{path}”。它可能已被移动或删除。',
  'workspace.isFolder': '“{path}”是文件夹，不是笔记本。',
  'workspace.taken': '“{path}”已经存在。请换一个名称。',
  'workspace.badName': '“{name}”不能用作名称。名称不能以点开头，也不能包含 \\ / : * ? " < > |。',
  'workspace.notImage': '“{path}”不是工作区中的图片。可显示工作区内的 PNG、JPEG、GIF、WebP 和 SVG 文件。',
  'workspace.imageTooLarge': '“{path}”超过 {megabytes} MB，因此不显示。请使用较小的副本。',
  'workspace.unreadable': '无法读取“{path}”（{detail}）。请检查是否有读取权限。',
  'notebook.changedOnDisk': '“{path}”打开之后被其他程序修改过，因此没有覆盖保存。请重新打开以采用那个版本，或先复制你的单元格。',
  'samples.unknown': '没有示例“{id}”。可用的示例：{known}。',
  'shell.unavailable': '此功能仅在桌面应用中可用。',
};
