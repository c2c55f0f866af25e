export const tabs = {
  'tabs.open': 'Open notebooks',
  'tabs.unsaved': '{name}, not saved',
  'tabs.close': 'Close {name}',
  'tabs.closeThis': 'Close the notebook',
  'tabs.closeOthers': 'Close the other notebooks',
  'tabs.reopen': 'Open the notebook closed last',
  'tabs.next': 'Next notebook',
  'tabs.previous': 'Previous notebook',
  'tabs.moveLeft': 'Move the tab to the left',
  'tabs.moveRight': 'Move the tab to the right',
  'outline.title': 'Outline',
  'outline.empty': 'Headings and cells appear here',
} as const;
