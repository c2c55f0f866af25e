// What is said before anything is installed, and so before the message catalogues can be read.

const catalogues = {
  en: {
    installing: 'Installing packages, once; this takes about a minute …',
    installFailed: 'Installing packages failed{detail}. Run “npm ci” in {root} to see why.',
    noNode: 'Epochbook runs on Node {oldest} or newer, and for {platform} it carries none. This is Node {version}; install a newer one.',
    building: 'Building the app …',
    buildFailed: 'Building the app failed:\n{detail}',
    fetchingElectron: 'Fetching Electron {version}, once …',
    noScreen: 'There is no screen here, so the app opens in a browser.',
    noElectron: 'Electron could not be fetched, so the app opens in a browser. Fetching is tried again after a day.',
    electronFails: 'Electron does not run on this system (see above), so the app opens in a browser.',
  },
  'zh-CN': {
    installing: '正在安装依赖包，仅此一次，约需一分钟…',
    installFailed: '安装依赖包失败{detail}。请在 {root} 中运行“npm ci”查看原因。',
    noNode: 'Epochbook 需要 Node {oldest} 或更新版本，且没有附带适用于 {platform} 的 Node。当前为 Node {version}，请安装更新的版本。',
    building: '正在构建应用…',
    buildFailed: '构建应用失败：\n{detail}',
    fetchingElectron: '正在获取 Electron {version}，仅此一次…',
    noScreen: '此处没有屏幕，应用将在浏览器中打开。',
    noElectron: '无法获取 Electron，应用将在浏览器中打开。一天后会再次尝试获取。',
    electronFails: 'Electron 无法在此系统上运行（见上文），应用将在浏览器中打开。',
  },
};

/** @param {NodeJS.ProcessEnv} environment */
function catalogue(environment) {
  const language = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || Intl.DateTimeFormat().resolvedOptions().locale;
  return /^zh/i.test(language) ? catalogues['zh-CN'] : catalogues.en;
}

/**
 * @param {keyof typeof catalogues.en} key
 * @param {Record<string, string | number>} [values]
 */
export function words(key, values = {}) {
  return catalogue(process.env)[key].replace(/\{(\w+)\}/g, (_all, name) => String(values[name] ?? ''));
}
