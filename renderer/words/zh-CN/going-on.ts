import type { goingOn as en } from '../en/going-on.ts';

export const goingOn: Record<keyof typeof en, string> = {
  'goingOn.menu': '由此运行可继续的训练',
  'goingOn.goOn': '继续训练',
  'goingOn.longer': '训练更多轮…',
  'goingOn.fork': '从某一轮分叉…',
  'goingOn.reproduce': '重现',
  'goingOn.train': '训练',
  'goingOn.longerTitle': '让 {name} 训练更多轮',
  'goingOn.longerText': '已完成 {epochs} 轮。其余部分与一开始就计划全部轮数时相同。',
  'goingOn.epochsInAll': '总轮数',
  'goingOn.moreThan': '需要大于 {epochs} 的整数',
  'goingOn.forkTitle': '分叉 {name}',
  'goingOn.forkText': '新运行从此运行当时的权重出发，采用你在这里更改的设置。',
  'goingOn.afterEpoch': '在此轮之后',
  'goingOn.aNumber': '需要一个数字',
  'goingOn.trueOrFalse': 'true 或 false',
  'goingOn.forkOf': '在第 {epoch, number} 轮之后继续自',
  'goingOn.reproductionOf': '重新训练',
  'goingOn.identical': '完全相同：{epochs} 轮，逐位一致',
  'goingOn.identicalSoFar': '到目前为止相同：{epochs} 轮',
  'goingOn.differs': '从第 {epoch, number} 轮起不同：{quantity} 原为 {original}，现为 {again}',
};
