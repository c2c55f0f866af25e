import type { engine as en } from '../en/engine.ts';

export const engine: Record<keyof typeof en, string> = {
  'engine.title': '引擎',
  'engine.device': '训练使用',
  'engine.device.cpu': '处理器',
  'engine.deviceText.cpu': '线程数相同时，每次结果逐位相同。',
  'engine.device.gpu': '图形处理器',
  'engine.deviceText.gpu': '通过 WebGPU，适合较大的模型。无法使用时改由处理器训练，运行中会说明原因。',
  'engine.threads': '线程',
  'engine.allCores': '全部核心（{cores}）',
  'engine.backends': '此处可用于训练的后端',
  'engine.job': '速度以同一个小任务测得：784-128-10 感知机，批大小 128，Adam。',
  'engine.measuring': '正在测量各后端',
  'engine.backend': '后端',
  'engine.speed': '每秒样本数',
  'engine.version': '运行于',
  'engine.missing': '此处不可用。{detail}',
  'engine.open': '引擎：设备、线程、速度',
};
