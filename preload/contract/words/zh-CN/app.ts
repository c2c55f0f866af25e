import type { app as en } from '../en/app.ts';

export const app: Record<keyof typeof en, string> = {
  internal: 'Epochbook 内部出错：{detail}。笔记本和运行记录都已保留，请报告此问题。',
  'request.invalid': '无法理解请求“{call}”：{detail}',
  'process.ended': '训练进程意外结束（{detail}）。已显示的每一轮都已保存；请重新运行，或从最后的检查点继续。',
};
