import type { measure as en } from '../en/measure.ts';

export const measure: Record<keyof typeof en, string> = {
  'measure.milliseconds': '{value} 毫秒',
  'measure.seconds': '{value} 秒',
  'measure.minutes': '{minutes} 分 {seconds} 秒',
  'measure.hours': '{hours} 小时 {minutes} 分',
  'measure.loss': '损失',
  'measure.accuracy': '准确率',
  'measure.meanAbsoluteError': '平均绝对误差',
  'measure.meanSquaredError': '均方误差',
  'measure.validationOf': '验证{metric}',
};
