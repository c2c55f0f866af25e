import type { frame as en } from '../en/frame.ts';

export const frame: Record<keyof typeof en, string> = {
  'frame.yes': '是',
  'frame.no': '否',
  'frame.percent': '{value}%',
  'frame.milliseconds': '{value} 毫秒',
  'frame.seconds': '{value} 秒',
  'frame.minutes': '{minutes} 分 {seconds} 秒',
  'frame.hours': '{hours} 小时 {minutes} 分',
  'frame.today': '今天 {time}',
  'frame.yesterday': '昨天 {time}',
  'frame.close': '关闭',
  'frame.cancel': '取消',
  'frame.undo': '撤销',
  'frame.connectionLost': '与 Epochbook 的连接已断开。',
};
