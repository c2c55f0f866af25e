// Stands in for Electron's own default app, `electron FOLDER [ARGUMENTS]`, with the few newer interfaces the app counts on.
require('./newer.js');
const fs = require('node:fs');
const path = require('node:path');
const { app, protocol, utilityProcess } = require('electron');

const fork = utilityProcess.fork.bind(utilityProcess);
utilityProcess.fork = (target, args = [], options) => fork(path.join(__dirname, 'utility.js'), [target, ...args], options);

if (!('handle' in protocol)) {
  protocol.handle = (scheme, handler) => {
    const answer = async (request, reply) => {
      try {
        const response = await handler(new Request(request.url, { method: request.method, headers: request.headers }));
        const headers = Object.fromEntries(response.headers);
        reply({ statusCode: response.status, headers, data: Buffer.from(await response.arrayBuffer()) });
      } catch (error) {
        console.error(error);
        reply({ error: -2 });
      }
    };
    if (!protocol.registerBufferProtocol(scheme, (request, reply) => void answer(request, reply)))
      throw new Error(`protocol ${scheme} is taken`);
  };
}

// A sandboxed preload reads no file, and what it asks the main process for may be answered to a frame that is gone: the
// script is part of it.
const preload = path.join(app.getPath('temp'), `epochbook-rig-${process.pid}.js`);
const newer = fs.readFileSync(require.resolve('core-js-bundle/minified.js'), 'utf8');
fs.writeFileSync(preload, `void require('electron').webFrame.executeJavaScript(${JSON.stringify(newer)});`);
app.on('quit', () => fs.rmSync(preload, { force: true }));

app.on('session-created', (made) => {
  made.setPreloads([...made.getPreloads(), preload]);
});

const folder = path.resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '.');
const { name, productName, version, main = 'index.js' } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
app.setName(productName ?? name);
if (version) app.setVersion?.(version);
app.setAppPath(folder);
process.defaultApp = true;
require(path.join(folder, main));
