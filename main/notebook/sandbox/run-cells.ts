/** Evaluates cells in one fresh QuickJS context. Runs in the sandbox's thread; synchronous from end to end. */
import { transformSync } from '@swc/wasm-typescript';
import type { QuickJSContext, QuickJSHandle, QuickJSWASMModule } from 'quickjs-emscripten-core';
import { EpochbookError, type PlainError, toPlainError } from '#contract/errors.ts';
import { type Node, type Place, type Session, startSession, unknownMember } from '../language/build.ts';
import { nearest } from '#contract/nearest.ts';
import { startClock } from './clock.ts';
import type { BuiltValue, CellInput, CellResult, Message, Request } from './messages.ts';
import { globalNames, preludeSource, preludeTable } from './prelude.ts';
import { codePointColumn, declaredNames, displayColumn, findDeclaration, identifierAt, type SourcePlace } from './source.ts';

const textLimit = 1_000_000;
/** The most that builders may be told in one evaluation. */
const argumentLimit = 16_000_000;

export function runCells(quickjs: QuickJSWASMModule, request: Request, send: (message: Message) => void): void {
  const { cells, limits } = request;
  const text = cells.reduce((sum, cell) => sum + cell.source.length, 0);
  if (text > textLimit) {
    const values = { kilobytes: Math.ceil(text / 1000), limit: textLimit / 1000 };
    const error = toPlainError(new EpochbookError('notebook.tooBig', values));
    send({ type: 'started', index: 0 });
    send({ type: 'ended', result: { index: 0, found: 'undefined', error, fatal: true }, knobs: [] });
    return;
  }
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(limits.memoryBytes);
  runtime.setMaxStackSize(256 * 1024);
  const worked = startClock();
  let workedBefore = 0;
  /** The limit that is passed, in milliseconds. */
  const passed = () => {
    const all = worked();
    return all > limits.totalMs ? limits.totalMs : all - workedBefore > limits.cellMs ? limits.cellMs : undefined;
  };
  runtime.setInterruptHandler(() => passed() !== undefined);
  const context = runtime.newContext();
  const session = startSession(
    request.knobs,
    cells.map((cell) => cell.id),
  );
  const sandbox = new Sandbox(context, session, cells, passed, limits);
  for (const index of cells.keys()) {
    send({ type: 'started', index });
    workedBefore = worked();
    const result = sandbox.run(index);
    send({ type: 'ended', result, knobs: session.knobs });
    if (result.fatal) return; // a heap that is used up cannot be relied on to be freed; the thread is ended instead
  }
  sandbox.dispose();
  context.dispose();
  runtime.dispose();
}

const built = ({ family, value, places }: Node): BuiltValue => ({ family, value, places });

interface Explained {
  failure?: number;
  name?: string;
  message: string;
  stack?: string;
}

class Sandbox {
  private readonly context: QuickJSContext;
  private readonly session: Session;
  private readonly cells: readonly CellInput[];
  private readonly passed: () => number | undefined;
  private readonly limits: Request['limits'];
  private readonly failures: { error: PlainError; place: Place | undefined }[] = [];
  private readonly settle: QuickJSHandle;
  private readonly explain: QuickJSHandle;
  private told = 0;

  constructor(
    context: QuickJSContext,
    session: Session,
    cells: readonly CellInput[],
    passed: () => number | undefined,
    limits: Request['limits'],
  ) {
    this.context = context;
    this.session = session;
    this.cells = cells;
    this.passed = passed;
    this.limits = limits;
    const prelude = context.unwrapResult(context.evalCode(preludeSource, 'epochbook', { type: 'global' }));
    const host = context.newFunction('host', (name, args, stack) =>
      context.newString(this.answer(context.getString(name), context.getString(args), context.getString(stack))),
    );
    const table = context.unwrapResult(context.evalCode(`(${JSON.stringify(preludeTable)})`, 'epochbook', { type: 'global' }));
    const made = context.unwrapResult(context.callFunction(prelude, context.undefined, host, table));
    this.settle = context.getProp(made, 'settle');
    this.explain = context.getProp(made, 'explain');
    for (const handle of [prelude, host, table, made]) handle.dispose();
  }

  dispose(): void {
    this.settle.dispose();
    this.explain.dispose();
  }

  /** A builder's call, from the prelude. */
  private answer(name: string, argumentsText: string, stack: string): string {
    const place = this.calledAt(stack);
    try {
      this.told += argumentsText.length;
      if (this.told > argumentLimit) throw new EpochbookError('notebook.tooManyCalls', { limit: argumentLimit });
      const encoded: unknown = JSON.parse(argumentsText);
      if (name === 'unknown') {
        const [owner, member, known] = encoded as [string, string, string[]];
        throw unknownMember(owner, member, known);
      }
      const made = this.session.call(name, encoded, place ?? { cell: 0, line: 1, column: 1, endColumn: 1 });
      if ('value' in made) return JSON.stringify({ value: made.value });
      const { family, value } = this.session.nodes[made.node];
      return JSON.stringify({ node: made.node, family, value });
    } catch (error) {
      const plain = toPlainError(error);
      this.failures.push({ error: plain, place });
      return JSON.stringify({ failure: this.failures.length - 1, message: plain.message });
    }
  }

  run(index: number): CellResult {
    const { source } = this.cells[index];
    const bad = (error: EpochbookError, place?: Partial<Place>, fatal?: true): CellResult => ({
      index,
      found: 'undefined',
      error: toPlainError(error),
      place: place ?? { cell: index },
      ...(fatal && { fatal }),
    });
    let code: string;
    try {
      ({ code } = transformSync(source, { mode: 'strip-only', module: false }));
    } catch (error) {
      const { known, place } = syntaxError(error, source);
      return bad(known, { cell: index, ...place });
    }
    const result = this.context.evalCode(code, `cell-${index}`, { type: 'global', strict: true });
    if (result.error) {
      const explained = this.ask(this.explain, result.error) as Explained | undefined;
      const message = explained?.message ?? rawMessage(this.context, result.error);
      result.error.dispose();
      const passed = this.passed();
      if (passed !== undefined)
        return bad(new EpochbookError('notebook.tooLong', { seconds: passed / 1000 }), this.placeIn(explained?.stack), true);
      if (message === 'out of memory') {
        const megabytes = Math.round(this.limits.memoryBytes / 2 ** 20);
        return bad(new EpochbookError('notebook.tooMuchMemory', { megabytes }), this.placeIn(explained?.stack), true);
      }
      return this.failed(index, { ...explained, message }, bad);
    }
    const settled = this.ask(this.settle, result.value) as { node?: number; text?: string; found?: string } | undefined;
    result.value.dispose();
    if (!settled) {
      const passed = this.passed();
      if (passed !== undefined) return bad(new EpochbookError('notebook.tooLong', { seconds: passed / 1000 }), undefined, true);
      return { index, found: '…' };
    }
    const node = settled.node === undefined ? undefined : this.session.nodes[settled.node];
    const named = (number: number | undefined): BuiltValue | undefined =>
      number === undefined ? undefined : built(this.session.nodes[number]);
    const data = named(node?.data);
    const model = named(node?.model);
    return {
      index,
      found: settled.found ?? '…',
      ...(settled.text !== undefined && { text: settled.text }),
      ...(node && { value: built(node) }),
      ...(data && { data }),
      ...(model && { model }),
    };
  }

  /** Calls a function of the prelude that answers with JSON; undefined where it could not. */
  private ask(asked: QuickJSHandle, value: QuickJSHandle): unknown {
    const answer = this.context.callFunction(asked, this.context.undefined, value);
    if (answer.error) {
      answer.error.dispose();
      return undefined;
    }
    const text = this.context.getString(answer.value);
    answer.value.dispose();
    return JSON.parse(text);
  }

  private failed(index: number, explained: Explained, bad: (error: EpochbookError, place?: Partial<Place>) => CellResult): CellResult {
    const failure = explained.failure === undefined ? undefined : this.failures[explained.failure];
    if (failure) return { index, found: 'undefined', error: failure.error, place: failure.place ?? { cell: index } };
    const { name = '', message } = explained;
    const place = this.placeIn(explained.stack) ?? { cell: index };
    if (message === 'stack overflow') return bad(new EpochbookError('notebook.tooDeep'), place);
    const redeclared = /^redeclaration of '(.+)'$/.exec(message)?.[1] ?? /^'(.+)' is already declared/.exec(message)?.[1];
    if (name === 'SyntaxError' && redeclared !== undefined) {
      const before = this.cells.findIndex((cell, other) => other < index && declaredNames(cell.source).includes(redeclared));
      const at = { cell: index, ...findDeclaration(this.cells[index].source, redeclared) };
      if (before === -1) return bad(new EpochbookError('notebook.redeclared', { name: redeclared }), at);
      return bad(new EpochbookError('notebook.redeclaredIn', { name: redeclared, cell: this.cells[before].id }), at);
    }
    const missing = /^'?([\p{L}\p{N}_$]+)'? is not (?:defined|initialized)$/u.exec(message)?.[1];
    if (name === 'ReferenceError' && missing !== undefined) {
      const known = [...globalNames, ...this.cells.slice(0, index + 1).flatMap((cell) => declaredNames(cell.source))];
      const near = nearest(
        missing,
        known.filter((other) => other !== missing),
      );
      const error =
        near === undefined
          ? new EpochbookError('notebook.notDefined', { name: missing })
          : new EpochbookError('notebook.notDefinedNearest', { name: missing, nearest: near });
      return bad(error, place);
    }
    if (name === 'SyntaxError') return bad(new EpochbookError('notebook.syntax', { detail: message }), place);
    const detail = name === '' || name === 'Error' ? message : `${name}: ${message}`;
    return bad(new EpochbookError('notebook.thrown', { detail }), place);
  }

  /** The innermost frame of a cell in a stack: where it broke. */
  private placeIn(stack: string | undefined): Place | undefined {
    const frame = /cell-(\d+):(\d+):(\d+)/.exec(stack ?? '');
    if (!frame) return undefined;
    const [cell, line, column] = frame.slice(1).map(Number) as [number, number, number];
    const source = this.cells[cell]?.source;
    if (source === undefined) return undefined;
    return { cell, ...identifierAt(source, line, codePointColumn(source, line, column)) };
  }

  /** Where a builder was called: QuickJS gives the place of the parenthesis, the name before it is what is marked. */
  private calledAt(stack: string): Place | undefined {
    return this.placeIn(stack);
  }
}

function rawMessage(context: QuickJSContext, error: QuickJSHandle): string {
  const handle = context.getProp(error, 'message');
  const text = context.typeof(handle) === 'string' ? context.getString(handle) : '';
  handle.dispose();
  return text;
}

/** swc throws plain objects with the place; columns count from 0. */
function syntaxError(error: unknown, source: string): { known: EpochbookError; place: Partial<SourcePlace> } {
  const { code, message, startLine, startColumn, endLine, endColumn } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: string;
    message?: string;
    startLine?: number;
    startColumn?: number;
    endLine?: number;
    endColumn?: number;
  };
  if (code !== 'InvalidSyntax' && code !== 'UnsupportedSyntax') throw error; // not a finding about the text: the thread is done for
  const line = startLine ?? 1;
  const column = displayColumn(source, line, startColumn ?? 0);
  const end = endLine === line && endColumn !== undefined ? displayColumn(source, line, endColumn) : column + 1;
  const detail = message ?? '';
  const known = /'import', and 'export' cannot be used|import\.meta/.test(detail)
    ? new EpochbookError('notebook.noImports')
    : new EpochbookError(code === 'InvalidSyntax' ? 'notebook.syntax' : 'notebook.unsupportedSyntax', { detail });
  return { known, place: { line, column, endColumn: Math.max(end, column + 1) } };
}
