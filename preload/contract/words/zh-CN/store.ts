import type { store as en } from '../en/store.ts';

export const store: Record<keyof typeof en, string> = {
  'store.diskFull': '磁盘已满：无法写入“{path}”。请腾出空间后重试；之前保存的内容都还在。',
  'store.readOnly': '无法写入“{path}”：文件夹或磁盘是只读的。请允许写入，或选择其他工作区。',
  'store.damaged':
    '“{path}”已损坏，无法读取。`epochbook store rescue` 或应用中的“存储”会保存能保存的内容并列出其余部分；或从旁边的“backups”文件夹恢复副本。',
  'store.busy': '“{path}”正被另一个程序占用。请关闭该程序后重试。',
  'store.fromTheFuture':
    '“{path}”由更新版本的 Epochbook 写入（格式 {found}，当前版本支持到 {known}）。请更新 Epochbook 后再打开；文件未作任何改动。',
  'store.workspaceLocked': '另一个 Epochbook 已打开工作区“{folder}”（{host} 上的进程 {pid}）。请使用那个窗口，或将其关闭后重试。',
  'store.runMissing': '这里没有运行“{run}”。`epochbook runs` 会列出所有运行。',
  'store.runAmbiguous': '“{run}”对应多个运行：{matches}。请输入更长的编号。',
  'store.noRuns': '这里还没有任何运行。',
  'store.nameTaken': '已有名为“{name}”的运行。请换一个名称。',
  'store.runActive': '运行“{name}”仍在进行中。请先停止它。',
  'store.notInBin': '运行“{name}”不在回收站中。请先删除它。',
  'store.busyTraining': '有运行正在训练。请停止或等待其完成后重试。',
  'job.cancelled': '已停止。在此之前完成的内容都保留着。',

  'query.endTooSoon': '表达式不完整。例如：status = completed and metrics.val_loss.min < 0.4',
  'query.openQuote': '这个引号没有闭合。',
  'query.unknownMark': '此处的“{found}”没有意义。非普通单词的文本请加引号，多个比较用“and”或“or”连接。',
  'query.wantsField': '此处是“{found}”；比较应以字段开头，例如 status、params.units 或 metrics.val_loss.min。',
  'query.wantsName': '此处是“{found}”；点号之后应为名称。',
  'query.wantsParam': 'params 之后是点号和一个参数名：params.units。',
  'query.wantsMetric': 'metrics 之后是指标名，还可以加 last、min 或 max：metrics.val_loss.min。',
  'query.wantsValue': '此处是“{found}”；运算符之后应为数字或文本。',
  'query.wantsOperator': '此处是“{found}”；字段之后应为 =、!=、<、<=、>、>= 或 ~。',
  'query.wantsClosing': '此处是“{found}”；缺少右括号。',
  'query.wantsJoin': '此处是“{found}”；多个比较用“and”或“or”连接。',
  'query.unknownField': '没有字段“{found}”。可用的字段：{known}。',
  'query.unknownFieldNear': '没有字段“{found}”。您是指“{near}”吗？',
  'query.unknownPart': '指标没有“{found}”。可用：{known}。',
  'query.noParts': '“{field}”没有下级：请去掉点号及其后的内容。',
  'query.tooDeep': '表达式嵌套过深。',
};
