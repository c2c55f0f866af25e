import type { sweep as english } from '../en/sweep.ts';

export const sweep: Record<keyof typeof english, string> = {
  'sweep.noKnobs':
    "没有可搜索的内容：没有带范围的旋钮。请在文本中给出范围，例如 param(’units’, 16, '{' min: 4, max: 64 '}')，或为搜索给出。",
  'sweep.range':
    '旋钮“{name}”无法{log, select, true {按对数} other {}}从 {min} 搜索到 {max}：前者必须小于后者{log, select, true {且大于 0} other {}}。',
  'sweep.knobUnknown': '笔记本没有旋钮“{name}”。它有：{names}。',
  'sweep.metricMissing': '运行没有报告用来评判搜索的“{metric}”。它们报告：{names}。',
  'sweep.missing': '这里没有搜索“{sweep}”。',
  'sweep.running': '搜索“{name}”正在进行。',
  'sweep.elsewhere': '搜索“{name}”属于另一个进程，例如终端中的命令。请在那里停止。',
  'sweep.done': '搜索“{name}”的 {trials, number} 次试验已全部完成。要继续，请给出总次数。',
  'sweep.busy': '搜索正在进行。请等它结束，或先停止它。',
  'cli.sweep': '搜索笔记本的旋钮：每次试验是一个运行。',
  'cli.argument.sweepFile': '笔记本，NAME.epoch.md；使用 --resume 时省略',
  'cli.option.trials': '总共进行多少次试验',
  'cli.option.sampler': 'tpe（默认）、random、sobol、latin 或 grid',
  'cli.option.pruner': '提前放弃试验的规则：none（默认）、median、asha 或 hyperband',
  'cli.option.sweepMetric': '用来评判试验最佳轮次的指标（默认：val_loss）',
  'cli.option.direction': 'min 或 max（默认：由指标名称决定）',
  'cli.option.sweepSeed': '选取数值的随机种子（默认：0）',
  'cli.option.workers': '同时进行的试验数，共享线程（默认：1）',
  'cli.option.budget': '超过此时间后不再继续试验：90s、30m、2h',
  'cli.option.range': '旋钮的搜索范围：NAME=MIN..MAX，后面可加“:STEP”、“:log”或“:whole”，或 NAME=A,B,C；可重复（默认：文本中的范围）',
  'cli.option.only': '只搜索此旋钮；可重复',
  'cli.option.resumeSweep': '继续一次搜索：它的 id、名称或 latest',
  'cli.rangeForm': '“{value}”不是 NAME=MIN..MAX、NAME=MIN..MAX:STEP、NAME=MIN..MAX:log 或 NAME=A,B,C 的形式。',
  'cli.budgetForm': '“{value}”不是时间长度。例如 90s、30m 或 1h30m。',
  'cli.badName': '“{value}”不能作为 {option} 的值：可用 {names}。',
  'cli.sweepWhat': '请给出笔记本和 --trials，或用 --resume 给出一次搜索。',
  'cli.sweepStarted':
    '{name}（{id}）：用 {sampler} 进行 {trials, number} 次试验{pruner, select, none {} other {，由 {pruner} 提前放弃}}，{metric} 取{direction, select, max {最大} other {最小}}，{workers, number} 个并行，种子 {seed}',
  'cli.sweepKnob': '  {name}：{range}',
  'cli.sweepTrial':
    '试验 {trial}/{trials}  {params}  {status, select, completed {第 {epoch} 轮 {metric} 为 {value}} failed {失败} diverged {发散：{metric} {value}} other {{reason, select, pruned {{epochs, number} 轮后放弃：{metric} {value}} other {已停止：{metric} {value}}}}}{best, select, yes {  目前最佳} other {}}',
  'cli.sweepStopping': '正在停止试验；已有的结果都会保留。用“epochbook sweep --resume {name}”继续。',
  'cli.sweepEnded':
    '{status, select, completed {完成} stopped {已停止} failed {失败} other {结束}}{reason, select, exhausted {：网格已用完} budget {：时间已到} other {}}：{completed, number} 次训练到底，{pruned, number} 次放弃，{failed, number} 次失败或停止',
  'cli.sweepRuns': '其运行：epochbook runs --where "tags has {tag}" --sort {metric}',
  'cli.word.trial': '试验',
};
