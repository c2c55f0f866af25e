import type { store as en } from '../en/store.ts';

export const store: Record<keyof typeof en, string> = {
  'store.diskFull': '磁盘已满：无法写入“{path}”。请腾出空间后重试；之前保存的内容都还在。',
  'store.readOnly': '无法写入“{path}”：文件夹或磁盘是只读的。请允许写入，或选择其他工作区。',
  'store.damaged': '“{path}”已损坏，无法读取。请从旁边的“backups”文件夹恢复副本，或移走该文件以空的运行列表重新开始。',
  'store.busy': '“{path}”正被另一个程序占用。请关闭该程序后重试。',
  'store.fromTheFuture':
    '“{path}”由更新版本的 Epochbook 写入（格式 {found}，当前版本支持到 {known}）。请更新 Epochbook 后再打开；文件未作任何改动。',
  'store.workspaceLocked': '另一个 Epochbook 已打开工作区“{folder}”（{host} 上的进程 {pid}）。请使用那个窗口，或将其关闭后重试。',
  'store.runMissing': '这里没有运行“{run}”。`epochbook runs` 会列出所有运行。',
  'store.runAmbiguous': '“{run}”对应多个运行：{matches}。请输入更长的编号。',
  'store.noRuns': '这里还没有任何运行。',
  'store.nameTaken': '已有名为“{name}”的运行。请换一个名称。',
  'store.runActive': '运行“{name}”仍在进行中。请先停止它。',
};
