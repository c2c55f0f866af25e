// oxlint-disable no-underscore-dangle -- the name is Node's
// What a newer Node has and Node 16 lacks; for main and the utility process alike.
const path = require('node:path');
const Module = require('node:module');

require('core-js-bundle');
globalThis.crypto ??= require('node:crypto').webcrypto;
const web = require('undici');
for (const name of ['fetch', 'Request', 'Response', 'Headers', 'FormData']) globalThis[name] ??= web[name];

const ours = path.dirname(require.resolve('better-sqlite3/package.json'));
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return resolve.call(this, request === 'better-sqlite3' ? ours : request, ...rest);
};
