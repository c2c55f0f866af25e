import type { transfer as en } from '../en/transfer.ts';

export const transfer: Record<keyof typeof en, string> = {
  'transfer.import': '导入运行…',
  'transfer.importText':
    'TensorBoard 事件文件、MLflow 存储（文件夹或 mlflow.db）、W&B 的“wandb”文件夹及其表格、Aim SDK 导出的表格，以及带轮次列的 CSV；文件夹会连同其下全部内容读取。再次读取同一位置会更新运行，不会产生重复。',
  'transfer.path': '文件或文件夹',
  'transfer.look': '查看',
  'transfer.read': '导入 {count} 次运行',
  'transfer.found': '{runs} 次运行，{scalars} 个数值',
  'transfer.values': '{count} 个数值',
  'transfer.imported': '已导入 {imported} 次运行，更新 {updated} 次，{unchanged} 次未变',
  'transfer.findings': '无法读取或有出入的内容',
  'transfer.reading': '正在读取：{item}',
  'transfer.export': '导出运行…',
  'transfer.exportTitle': '导出 {count} 次运行',
  'transfer.format': '格式',
  'transfer.folder': '文件夹',
  'transfer.write': '写入',
  'transfer.writing': '正在写入运行。',
  'transfer.exported': '{runs} 次运行、{scalars} 个数值，共 {size}，位于 {folder}',
};
