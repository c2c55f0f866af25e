/**
 * What cells see besides JavaScript itself, as the script that is run in the sandbox before them: thin functions that
 * hand their arguments to the host (language/build.ts) and wrap what it made. Nothing here is trusted: the host
 * checks every call, and the worst a cell can do by tampering is to spoil its own notebook's spec.
 */
import { dataMethods, dataSources } from '../language/data.ts';
import { families } from '../language/build.ts';

/** The names the prelude needs, from the language's tables. */
export const preludeTable = {
  families: Object.fromEntries(Object.entries(families).map(([namespace, { builders }]) => [namespace, Object.keys(builders)])),
  sources: Object.keys(dataSources),
  steps: Object.keys(dataMethods),
};

/** Every name that cells start with. */
export const globalNames = [...Object.keys(families), 'data', 'sequential', 'input', 'model', 'train', 'param'];

/** Evaluates to a function `(host, table) => { settle, explain }`. File name of its frames: `epochbook`. */
export const preludeSource = String.raw`(function (host, table) {
  'use strict';
  const { parse, stringify } = JSON;
  const { create, defineProperty, freeze, keys, getPrototypeOf } = Object;
  const { isArray } = Array;
  const Failure = Error;
  const prototypes = { Array: Array.prototype, Object: Object.prototype };
  const nodes = new WeakMap();
  const functions = new WeakMap();
  const nodeOf = nodes.get.bind(nodes), remember = nodes.set.bind(nodes);
  const nameOf = functions.get.bind(functions), nameIt = functions.set.bind(functions);

  function encode(value, depth, budget) {
    budget.left -= 1;
    if (budget.left < 0) throw new RangeError('too many values');
    switch (typeof value) {
      case 'string': case 'boolean': return value;
      case 'number': return value - value === 0 ? value : { $odd: '' + value };
      case 'undefined': return { $odd: 'undefined' };
      case 'function': return { $odd: nameOf(value) ?? 'function' };
      case 'object': break;
      default: return { $odd: typeof value };
    }
    if (value === null) return null;
    const node = nodeOf(value);
    if (node !== undefined) return { $node: node };
    if (depth > 40) return { $odd: '…' };
    if (isArray(value)) {
      const list = [];
      for (let index = 0; index < value.length; index += 1) list[index] = encode(value[index], depth + 1, budget);
      return list;
    }
    const plain = create(null);
    for (const key of keys(value)) if (value[key] !== undefined) plain[key] = encode(value[key], depth + 1, budget);
    return plain;
  }

  function frozen(value) {
    if (typeof value !== 'object' || value === null) return value;
    for (const key of keys(value)) frozen(value[key]);
    return freeze(value);
  }

  function call(name, args) {
    const stack = '' + new Failure().stack;
    const reply = parse(host(name, stringify(encode(args, 0, { left: 200000 })), stack));
    if ('failure' in reply) {
      const error = new Failure(reply.message);
      defineProperty(error, 'epochbook', { value: reply.failure });
      throw error;
    }
    if (!('node' in reply)) return reply.value;
    const made = create(families[reply.family] ?? prototypes.Object);
    for (const key of keys(reply.value)) defineProperty(made, key, { value: frozen(reply.value[key]), enumerable: true });
    freeze(made);
    remember(made, reply.node);
    return made;
  }

  // A name that does not exist is an error with the nearest one, rather than undefined.
  const strict = (owner, members) => {
    const known = keys(members);
    return new Proxy(members, {
      get(target, key) {
        if (typeof key === 'symbol' || key in target || key === 'toJSON' || key === 'then' || key === 'constructor') return target[key];
        return call('unknown', [owner, key, known]);
      },
      set() { throw new TypeError(owner + ' cannot be changed'); },
      defineProperty() { throw new TypeError(owner + ' cannot be changed'); },
      deleteProperty() { throw new TypeError(owner + ' cannot be changed'); },
    });
  };
  const members = (list, make) => {
    const object = create(null);
    for (const name of list) object[name] = make(name);
    return freeze(object);
  };
  const builder = (name) => {
    const build = (...args) => call(name, args);
    nameIt(build, name);
    // In a text, a metric is its name: 'val_' + metrics.accuracy.
    defineProperty(build, 'toString', { value: () => name.slice(name.indexOf('.') + 1) });
    return build;
  };
  const family = (owner, methods) => {
    const prototype = create(strict(owner, freeze(methods)));
    return freeze(prototype);
  };
  const methods = (list, make) => {
    const object = create(null);
    for (const name of list) object[name] = make(name);
    return object;
  };
  const apply = {
    apply(...args) {
      const first = call('apply', [this, ...args]);
      const count = call('outputs', [this]);
      if (count === 1) return first;
      const outputs = [first];
      for (let index = 1; index < count; index += 1) outputs[index] = call('output', [first, index]);
      return freeze(outputs);
    },
  };
  const families = {
    data: family('data', methods(table.steps, (name) => function (...args) { return call('step.' + name, [this, ...args]); })),
    layer: family('layers.NAME(…)', apply),
    model: family('sequential([…])', apply),
    tensor: family('layers.NAME(…).apply(…)', create(null)),
  };

  const globals = create(null);
  for (const namespace of keys(table.families)) {
    globals[namespace] = strict(namespace, members(table.families[namespace], (name) => builder(namespace + '.' + name)));
  }
  globals.data = strict('data', members(table.sources, (name) => builder('data.' + name)));
  for (const name of ['sequential', 'input', 'model', 'train', 'param']) globals[name] = builder(name);
  for (const name of keys(globals)) defineProperty(globalThis, name, { value: globals[name], configurable: true });

  function show(value, depth, budget) {
    if (budget.left < 0) return '…';
    if (typeof value === 'string') return depth === 0 ? value.slice(0, 2000) : stringify(value.slice(0, 200));
    if (typeof value === 'function') return 'function ' + (nameOf(value) ?? value.name);
    if (typeof value === 'symbol') return 'symbol';
    if (typeof value === 'bigint') return value + 'n';
    if (typeof value !== 'object' || value === null) return '' + value;
    const list = isArray(value);
    if (depth > 4) return list ? '[…]' : '{…}';
    const names = list ? undefined : keys(value);
    const count = list ? value.length : names.length;
    const parts = [];
    for (let index = 0; index < count && index < 100 && budget.left >= 0; index += 1) {
      const part = list ? show(value[index], depth + 1, budget) : names[index] + ': ' + show(value[names[index]], depth + 1, budget);
      budget.left -= part.length;
      parts[index] = part;
    }
    if (parts.length < count) parts[parts.length] = '…';
    let text = '';
    for (let index = 0; index < parts.length; index += 1) text += (index > 0 ? ', ' : '') + parts[index];
    return list ? '[' + text + ']' : text === '' ? '{}' : '{ ' + text + ' }';
  }

  return {
    /** A cell's value: the number of what was built, and a text. */
    settle(value) {
      const node = typeof value === 'object' && value !== null ? nodeOf(value) : undefined;
      return stringify({ node, text: value === undefined || node !== undefined ? undefined : show(value, 0, { left: 4000 }), found: show(value, 1, { left: 60 }) });
    },
    /** What was thrown. */
    explain(error) {
      const object = typeof error === 'object' && error !== null;
      const failure = object ? error.epochbook : undefined;
      const text = (value) => (typeof value === 'string' ? value.slice(0, 4000) : undefined);
      return stringify({
        failure: typeof failure === 'number' ? failure : undefined,
        name: object ? text(error.name) : undefined,
        message: object && text(error.message) !== undefined ? text(error.message) : show(error, 1, { left: 400 }),
        stack: object ? text(error.stack) : undefined,
      });
    },
  };
})`;
