import type { charts as en } from '../en/charts.ts';

export const charts: Record<keyof typeof en, string> = {
  'chart.atX': '{axis} {x}',
  'chart.empty': '还没有完成的轮次。',
  'chart.failed': '图表无法加载。请重新加载窗口。',
  'chart.keys': '左右键在轮次之间移动，按住 Shift 平移；加减号缩放，方括号将视图的一端设在光标处，0 显示全部，回车突出最佳曲线。',
  'chart.more': '另有 {count} 条',
  'chart.decimated': '共 {points} 个点，绘出 {drawn} 个：保留每一处最低与最高。',
  'chart.noNumber': '没有任何值是有限的数。',
  'chart.noneAbove0': '没有大于 0 的点：对数坐标轴上无处可画。',
  'chart.notAbove0': '对数坐标轴上画不出 0 及以下的点。',
  'chart.savePicture': '保存为图片',
  'chart.whole': '显示全部轮次',
  'chart.summary': '{lines} 条曲线，第 {first} 轮至第 {last} 轮。',
  'chart.summaryLine': '{name}：开始 {first}，最后 {last}，最佳 {best}（第 {epoch} 轮）。',
};
