// Gives the page what a newer Chrome has, before its own scripts run.
const { ipcRenderer, webFrame } = require('electron');
void webFrame.executeJavaScript(ipcRenderer.sendSync('rig:newer'));
