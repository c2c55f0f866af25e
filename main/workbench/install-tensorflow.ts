/**
 * Installs TensorFlow's library and builds tfjs-node's binding to it, from package registries alone: the library comes
 * out of the Python wheel, which pip checks by its hash; the binding's source is in the npm package.
 */
import { spawn } from 'node:child_process';
import { existsSync, promises as disk } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import { bindingFile, libraryFolder, tensorflowFolder, tensorflowVersion } from '#engine/backends/tensorflow-folder.ts';

export type InstallStep = 'fetch' | 'unpack' | 'build' | 'done';

/** Of the wheel for CPython 3.11, which any Python can fetch: nothing of it but the C library and its headers is used. */
const wheelHash = '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298';
const wheelOptions = ['--platform', 'manylinux2014_x86_64', '--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'];

const unpackScript = `
import re, sys, zipfile
wheel, library, headers = sys.argv[1:]
wanted = re.compile(r'tensorflow/include/(tensorflow/c|tensorflow/core/platform|xla|tsl)/')
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        if re.fullmatch(r'tensorflow/libtensorflow_(cc|framework)\\.so\\.2', entry.filename):
            entry.filename = entry.filename.split('/')[-1]
            archive.extract(entry, library)
        elif wanted.match(entry.filename):
            archive.extract(entry, headers)
`;

function run(command: string, values: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, values, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const listen = (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000));
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', (cause) => reject(new EpochbookError('tensorflow.toolMissing', { tool: command }, { cause })));
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new EpochbookError('tensorflow.stepFailed', { command, detail: said.trim().split('\n').slice(-3).join(' ') }));
    });
  });
}

/**
 * Takes about a minute and fetches 230 MB. Nothing is left behind when it fails. Throws `tensorflow.platform`,
 * `tensorflow.toolMissing`, `tensorflow.stepFailed`.
 */
export async function installTensorflow(tell: (step: InstallStep) => void, folder = tensorflowFolder()): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new EpochbookError('tensorflow.platform', { platform: `${process.platform} ${process.arch}` });
  }
  if (existsSync(bindingFile(folder))) return folder;
  const require = createRequire(join(process.cwd(), 'package.json'));
  const source = dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
  await disk.mkdir(dirname(folder), { recursive: true });
  const work = await disk.mkdtemp(`${folder}.`);
  try {
    tell('fetch');
    await disk.writeFile(join(work, 'wheel.txt'), `tensorflow-cpu==${tensorflowVersion} --hash=sha256:${wheelHash}\n`);
    const fetched = ['-m', 'pip', 'download', '-q', '--no-deps', '--only-binary=:all:', '--require-hashes', '-d', 'wheel'];
    await run('python3', [...fetched, ...wheelOptions, '-r', 'wheel.txt'], work);

    tell('unpack');
    const [wheel] = await disk.readdir(join(work, 'wheel'));
    const library = libraryFolder(work);
    await run('python3', ['-c', unpackScript, join('wheel', wheel), library, 'headers'], work);
    await disk.rm(join(work, 'wheel'), { recursive: true });
    // The binding links to these names; in the wheel the library has another.
    await disk.symlink('libtensorflow_cc.so.2', join(library, 'libtensorflow.so'));
    await disk.symlink('libtensorflow_framework.so.2', join(library, 'libtensorflow_framework.so'));

    tell('build');
    await disk.symlink(join(work, 'headers', 'tensorflow', 'include'), join(work, 'deps', 'include'));
    for (const name of ['binding', 'binding.gyp', 'package.json']) await disk.cp(join(source, name), join(work, name), { recursive: true });
    const nodeFolder = dirname(dirname(process.execPath));
    const gyp = require.resolve('node-gyp/bin/node-gyp.js');
    const variables = ['-Dnapi_build_version=8', '-Dmodule_name=tfjs_binding', '-Dmodule_path=./lib/napi-v8'];
    await run(process.execPath, [gyp, 'rebuild', `--nodedir=${nodeFolder}`, '--', ...variables], work);
    for (const name of ['headers', 'binding', 'build', join('deps', 'include')])
      await disk.rm(join(work, name), { recursive: true, force: true });

    await disk.rm(folder, { recursive: true, force: true });
    await disk.rename(work, folder);
    tell('done');
    return folder;
  } catch (error) {
    await disk.rm(work, { recursive: true, force: true });
    throw error;
  }
}
