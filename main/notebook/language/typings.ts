/** The cell language as a TypeScript declaration file, for the editor: made from the tables that also check cells. */
import type { Locale } from '#contract/words/message.ts';
import { paramOptions, trainOptions } from './build.ts';
import { dataMethods, dataSources } from './data.ts';
import { activations, type Builder, type Builders } from './kinds.ts';
import { anyLayer, layers } from './layers.ts';
import { type Option, type Options, typeText } from './option.ts';
import { constraints, initializers, regularizers } from './parts.ts';
import { callbacks, losses, metrics, type Named, optimizers, schedules } from './training.ts';
import { chinese } from './zh-CN.ts';

/** What a description says in a language of the screen; those of the tables are English. */
type Say = (description: string) => string;

const says: Readonly<Record<Locale, Say>> = {
  en: (description) => description,
  'zh-CN': (description) => chinese[description] ?? description,
};
const made = new Map<Locale, string>();

/** The text of a `.d.ts` file, its descriptions in that language; the same string every time. */
export function cellLanguageTypings(locale: Locale = 'en'): string {
  const text = made.get(locale) ?? typingsIn(says[locale]);
  made.set(locale, text);
  return text;
}

/** Everything that the typings describe, in English. */
export function describedInTypings(): ReadonlySet<string> {
  const descriptions = new Set<string>();
  typingsIn((description) => {
    descriptions.add(description);
    return description;
  });
  return descriptions;
}

function typingsIn(say: Say): string {
  return [
    '// The cell language of Epochbook. Made from the tables in main/notebook/language.',
    `type Activation = ${activations.map((name) => `'${name}'`).join(' | ')};`,
    `type LossName = ${union(losses)};`,
    `type MetricName = ${union(metrics)};`,
    ...Object.entries({
      Initializer: initializers,
      Regularizer: regularizers,
      Constraint: constraints,
      Optimizer: optimizers,
      Loss: losses,
      Metric: metrics,
      Schedule: schedules,
      Callback: callbacks,
    }).map(([name, builders]) => kerasType(name, builders)),
    block(say('Everything a layer can be told.'), 'interface LayerOptions', members(say, anyLayer)),
    block(say('A layer; `apply` is for models with branches.'), 'interface Layer', `${kerasMembers}${apply(say)}`),
    block(say('A layer that reads sequences.'), 'interface RecurrentLayer extends Layer', recurrentApply(say)),
    block(say('An embedding that can be applied backwards.'), 'interface ReversibleLayer extends Layer', reversibleApply(say)),
    block(say('The output of a layer in a model with branches.'), 'interface SymbolicTensor', '  readonly config: Json;\n'),
    block(say('A model as Keras’ JSON. It can stand as a layer in another.'), 'interface Model', `${kerasMembers}${apply(say)}`),
    'type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };',
    dataSet(say),
    dataNamespace(say),
    namespace(say, 'layers', say('Layers by their names in TensorFlow.js.'), layers, 'Layer', 'LayerOptions'),
    namespace(say, 'optimizers', say('How weights are changed.'), optimizers, 'Optimizer'),
    namespace(say, 'callbacks', say('What may end or change training on its way.'), callbacks, 'Callback'),
    namespace(say, 'schedules', say('Learning rates that change with the step.'), schedules, 'Schedule'),
    namespace(say, 'initializers', say('How weights start.'), initializers, 'Initializer'),
    namespace(say, 'regularizers', say('Penalties on weights, added to the loss.'), regularizers, 'Regularizer'),
    namespace(say, 'constraints', say('Bounds kept on weights.'), constraints, 'Constraint'),
    namespace(say, 'losses', say('What training makes small.'), losses, 'Loss', undefined, true),
    namespace(say, 'metrics', say('What is measured besides the loss.'), metrics, 'Metric', undefined, true),
    models(say),
    block(say('What `train` takes.'), 'interface TrainOptions', `${members(say, trainOptions)}${trainParts(say)}`),
    `${doc(say('Says how to train. The last expression of a train cell.'))}declare function train(options: TrainOptions): Train;`,
    block(say('How to train, as plain data.'), 'interface Train', '  readonly epochs: number;\n  readonly batchSize: number;\n'),
    knobs(say),
  ].join('\n\n');
}

const kerasMembers = '  readonly class_name: string;\n  readonly config: { readonly [key: string]: Json };\n';
const apply = (say: Say) =>
  `${doc(say('Applies it to a tensor, or to several.'), '  ')}  apply(inputs: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor;\n`;

const recurrentApply = (say: Say) =>
  doc(
    say('Applies it to a tensor. With `returnState` it gives `[output, ...states]`, which another may take as its `initialState`.'),
    '  ',
  ) +
  '  apply(input: SymbolicTensor | readonly SymbolicTensor[], options?: { initialState?: readonly SymbolicTensor[] }): SymbolicTensor & readonly SymbolicTensor[];\n';

const reversibleApply = (say: Say) =>
  doc(say('Applies it to whole numbers; with `reverse: true` to vectors, for a score of each number.'), '  ') +
  '  apply(input: SymbolicTensor | readonly SymbolicTensor[], options?: { reverse?: boolean }): SymbolicTensor;\n';

/** What `apply` can do with it. */
function resultOf({ className, options }: Builder, result: string): string {
  if (className === 'ReversibleEmbedding') return `Reversible${result}`;
  return className === 'Bidirectional' || 'returnState' in options ? `Recurrent${result}` : result;
}

/** The class names tell one family from another. */
function kerasType(name: string, builders: Builders): string {
  const names = [...new Set(Object.values(builders).map(({ className }) => `'${className}'`))];
  return `interface ${name} {\n${kerasMembers.replace('class_name: string', `class_name: ${names.join(' | ')}`)}}`;
}

function doc(text: string, indent = ''): string {
  const safe = text.replaceAll('*/', '*\\/');
  if (!safe.includes('\n')) return `${indent}/** ${safe} */\n`;
  const lines = safe.split('\n').map((line) => `${indent} * ${line}`.trimEnd());
  return `${indent}/**\n${lines.join('\n')}\n${indent} */\n`;
}

/** As Keras' pages have it: what each argument is, those that are needed first. */
function argumentsText(say: Say, options: Options): string {
  const entries = Object.entries(options).sort(([, one], [, other]) => Number(other.required ?? false) - Number(one.required ?? false));
  if (entries.length === 0) return '';
  const rows = entries.map(([name, option]) => `- \`${name}\`${option.required ? say(' (needed)') : ''}: ${optionDoc(say, option)}`);
  return `\n\n**${say('Arguments')}**\n\n${rows.join('\n')}`;
}

function block(text: string, head: string, body: string): string {
  return `${doc(text)}${head} {\n${body}}`;
}

function optionDoc(say: Say, option: Option): string {
  const about = say(option.doc);
  return option.default === undefined ? about : `${about}${say(' Default:')} \`${JSON.stringify(option.default)}\`${say('.')}`;
}

function members(say: Say, options: Options): string {
  return Object.entries(options)
    .map(([name, option]) => `${doc(optionDoc(say, option), '  ')}  ${name}${option.required ? '' : '?'}: ${typeText(option.type)};\n`)
    .join('');
}

const union = (table: Readonly<Record<string, Named>>): string =>
  Object.entries(table)
    .flatMap(([name, { aliases = [] }]) => [name].concat(aliases))
    .map((name) => `'${name}'`)
    .join(' | ');

/** An options type for each builder, and the namespace with the functions, which may stand `uncalled` for what they make. */
function namespace(say: Say, name: string, text: string, builders: Builders, result: string, base?: string, uncalled = false): string {
  const types: string[] = [];
  const functions = Object.entries(builders).map(([member, builder]) => {
    const { doc: about, options } = builder;
    const made = resultOf(builder, result);
    const own = Object.keys(options).length > 0;
    const type = own ? `${member[0].toUpperCase()}${member.slice(1)}${result}Options` : base;
    if (own) types.push(`interface ${type}${base ? ` extends ${base}` : ''} {\n${members(say, options)}}`);
    const needed = Object.values(options).some((option) => option.required);
    const given = `(${type ? `options${needed ? '' : '?'}: ${type}` : ''})`;
    return `${doc(`${say(about)}${argumentsText(say, options)}`, '  ')}  ${uncalled ? `readonly ${member}: (${given} => ${made}) & ${made}` : `${member}${given}: ${made}`};\n`;
  });
  return `${types.join('\n')}\n${doc(text)}declare const ${name}: {\n${functions.join('')}};`;
}

function dataSet(say: Say): string {
  const methods = Object.entries(dataMethods).flatMap(([name, { doc: about, positional, second, optional, options }]) => {
    const shape = Object.keys(options).length > 0 ? `{\n${members(say, options)}  }` : '';
    const needed = Object.values(options).some((option) => option.required);
    const settings = shape === '' ? [] : [`options${needed ? '' : '?'}: ${shape}`];
    if (!positional) return [`${doc(say(about), '  ')}  ${name}(${settings.join(', ')}): Data;\n`];
    const first = [positional, ...(second ? [second] : [])].map((one) => `${one.name}: ${typeText(one.type)}`).join(', ');
    const signatures = [`${name}(${[first, ...settings].join(', ')}): Data;`];
    if (positional.spread) signatures.push(`${name}(...${positional.name}: ${typeText(positional.type)}): Data;`);
    if (positional.spread && settings.length > 0)
      signatures.push(`${name}(${positional.name.replace(/s$/, '')}: string, ${settings.join(', ')}): Data;`);
    if (optional) signatures.push(`${name}(${settings.join(', ')}): Data;`);
    return signatures.map((signature) => `${doc(say(about), '  ')}  ${signature}\n`);
  });
  return block(
    say('A data set: where it comes from and what is done with it. Each step gives a new one.'),
    'interface Data',
    methods.join(''),
  );
}

function dataNamespace(say: Say): string {
  const rows = Object.entries(dataSources).map(([name, { doc: about, path, first = 'path', options }]) => {
    const needed = Object.values(options).some((option) => option.required);
    const settings = Object.keys(options).length > 0 ? `options${needed ? '' : '?'}: {\n${members(say, options)}  }` : '';
    return `${doc(`${say(about)}${say(' Paths are relative to the notebook.')}`, '  ')}  ${name}(${path ? `${first}: string${settings && `, ${settings}`}` : settings}): Data;\n`;
  });
  return `${doc(say('Data from files in the workspace.'))}declare const data: {\n${rows.join('')}};`;
}

const models = (
  say: Say,
) => `${doc(say('A model that is a row of layers.'))}declare function sequential(layers: readonly (Layer | Model)[]): Model;
declare function sequential(options: { layers: readonly (Layer | Model)[]; name?: string }): Model;
${doc(say('An input of a model with branches. The shape is that of one sample; the data says it where it is left out.'))}declare function input(options?: { shape?: (number | null)[]; name?: string; dtype?: 'float32' | 'int32' | 'bool' }): SymbolicTensor;
${doc(say('A model with branches, from its inputs to its outputs.'))}declare function model(options: {
  inputs: SymbolicTensor | readonly SymbolicTensor[];
  outputs: SymbolicTensor | readonly SymbolicTensor[];
  name?: string;
}): Model;`;

const trainParts = (say: Say) => `${doc(say('The data; that of the nearest data cell above if left out.'), '  ')}  data?: Data;
${doc(say('The model; that of the nearest model cell above if left out.'), '  ')}  model?: Model;
`;

function knobs(say: Say): string {
  const about = 'A knob: a value that a run can set without touching the text.';
  return `${doc(say(about))}declare function param<T extends number | string | boolean>(name: string, value: T, options?: {
${members(say, paramOptions)}}): T extends number ? number : T extends boolean ? boolean : T extends string ? T : never;`;
}
