import type { tabs as en } from '../en/tabs.ts';

export const tabs: Record<keyof typeof en, string> = {
  'tabs.open': '打开的笔记本',
  'tabs.unsaved': '{name}，未保存',
  'tabs.close': '关闭 {name}',
  'tabs.closeThis': '关闭笔记本',
  'tabs.closeOthers': '关闭其他笔记本',
  'tabs.reopen': '重新打开最近关闭的笔记本',
  'tabs.next': '下一个笔记本',
  'tabs.previous': '上一个笔记本',
  'tabs.moveLeft': '标签左移',
  'tabs.moveRight': '标签右移',
  'outline.title': '大纲',
  'outline.empty': '标题和单元会显示在这里',
};
