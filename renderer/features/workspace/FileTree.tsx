import { ChevronRight, Ellipsis, Folder, NotebookText, Table2 } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { focusWhenDrawn } from '../../components/focus-when-drawn.ts';
import { Menu, type MenuItem } from '../../components/Menu.tsx';
import { useFormats, useWords } from '../../words/use-words.ts';
import { call } from '../../platform/client.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { addDataCell } from './add-files.ts';
import { FileName } from './FileName.tsx';
import { nameOf, parentOf, type Row, rowsOf } from './tree.ts';
import { useWorkspaceStore } from './workspace-store.ts';

const notebookEnding = '.epoch.md';

/** The workspace's notebooks, data files and folders: arrow keys walk, Enter opens, F2 renames, Delete deletes. */
export function FileTree() {
  const t = useWords();
  const workspace = useWorkspaceStore((state) => state.workspace);
  const toggled = useWorkspaceStore((state) => state.toggledFolders);
  const renaming = useWorkspaceStore((state) => state.renaming);
  const path = useNotebookStore((state) => state.path);
  const tree = useRef<HTMLUListElement>(null);
  const [active, setActive] = useState<string>();

  // Few files are all shown; of many, the way to the open notebook.
  const few = workspace !== undefined && workspace.notebooks.length + workspace.dataFiles.length <= 60;
  const rows = useMemo(() => {
    const isOpen = (folder: string) => (few || path?.startsWith(`${folder}/`) === true) !== toggled.includes(folder);
    return workspace ? rowsOf(workspace, isOpen) : [];
  }, [workspace, toggled, path, few]);
  const current = rows.find((row) => row.path === active) ?? rows.find((row) => row.path === path) ?? rows[0];

  const focusRow = (row: Row | undefined) => {
    if (!row) return;
    setActive(row.path);
    const find = () => elementOf(tree.current, row.path);
    const element = find();
    // At once where it can be: the next key may come before the next frame.
    if (element) element.focus();
    else focusWhenDrawn(find);
  };
  const toggle = (row: Row) => useWorkspaceStore.getState().toggleFolder(row.path);
  const open = (row: Row) => {
    if (row.kind === 'folder') toggle(row);
    else if (row.kind === 'notebook') openNotebook(row.path);
    else void addDataCell(row.path, useNotebookStore.getState().selected ?? useNotebookStore.getState().blocks.at(-1)?.key);
  };
  const remove = (row: Row) => {
    const at = rows.indexOf(row);
    const next = rows[at + 1] ?? rows[at - 1];
    void useWorkspaceStore
      .getState()
      .remove(row.path)
      .then(() => {
        const { activeElement } = document;
        if (activeElement === document.body || tree.current?.contains(activeElement)) focusRow(next);
      });
  };
  const onKeyDown = (event: KeyboardEvent, row: Row) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = rows.indexOf(row);
    const { key } = event;
    if (key === 'ArrowDown') focusRow(rows[at + 1]);
    else if (key === 'ArrowUp') focusRow(rows[at - 1]);
    else if (key === 'Home') focusRow(rows[0]);
    else if (key === 'End') focusRow(rows.at(-1));
    else if (key === 'ArrowRight' && row.kind === 'folder') {
      if (row.open) focusRow(rows[at + 1]);
      else toggle(row);
    } else if (key === 'ArrowLeft') {
      if (row.open) toggle(row);
      else focusRow(rows.find((other) => other.path === parentOf(row.path)));
    } else if (key === 'Enter' || key === ' ') open(row);
    else if (key === 'F2') useWorkspaceStore.getState().rename(row.path);
    else if (key === 'Delete') remove(row);
    else if (key === 'ContextMenu' || (key === 'F10' && event.shiftKey)) {
      elementOf(tree.current, row.path)?.querySelector<HTMLElement>('.row-menu')?.click();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  if (rows.length === 0) return <p className="side-none">{t('workspace.noNotebooks')}</p>;
  return (
    <ul ref={tree} role="tree" aria-label={t('workspace.files')} data-folder="">
      {rows.map((row) =>
        renaming === row.path ? (
          <li key={row.path} role="none" style={indent(row)}>
            <RenameField row={row} onDone={(to) => focusRow({ ...row, path: to })} />
          </li>
        ) : (
          <li
            key={row.path}
            role="treeitem"
            aria-level={row.level}
            aria-expanded={row.open}
            aria-selected={row.path === path}
            aria-label={row.name}
            title={row.title === undefined ? row.path : `${row.title}\n${row.path}`}
            tabIndex={row === current ? 0 : -1}
            data-path={row.path}
            data-folder={row.kind === 'folder' ? row.path : parentOf(row.path)}
            className={row.path === path ? 'side-item on' : 'side-item'}
            style={indent(row)}
            onClick={() => {
              setActive(row.path);
              if (row.kind !== 'data') open(row);
            }}
            onDoubleClick={() => row.kind === 'data' && open(row)}
            onContextMenu={(event) => {
              event.preventDefault();
              event.currentTarget.querySelector<HTMLElement>('.row-menu')?.click();
            }}
            onFocus={(event) => event.target === event.currentTarget && setActive(row.path)}
            onKeyDown={(event) => onKeyDown(event, row)}
          >
            <RowIcon row={row} />
            <FileName path={row.path} ending={row.kind === 'notebook' ? notebookEnding : ''} />
            <RowFacts row={row} />
            <RowMenu row={row} onOpen={() => open(row)} onRemove={() => remove(row)} />
          </li>
        ),
      )}
    </ul>
  );
}

function indent(row: Row): React.CSSProperties {
  return { paddingLeft: `${8 + (row.level - 1) * 14}px` };
}

function RowIcon({ row }: { row: Row }) {
  if (row.kind === 'folder') {
    return (
      <>
        <ChevronRight size={12} aria-hidden className={row.open ? 'turned' : undefined} />
        <Folder size={13} aria-hidden />
      </>
    );
  }
  const Icon = row.kind === 'notebook' ? NotebookText : Table2;
  return <Icon size={13} aria-hidden />;
}

function RowFacts({ row }: { row: Row }) {
  const formats = useFormats();
  return row.bytes === undefined ? null : <small>{formats.bytes(row.bytes)}</small>;
}

function RowMenu({ row, onOpen, onRemove }: { row: Row; onOpen: () => void; onRemove: () => void }) {
  const t = useWords();
  const desktop = useSettingsStore((state) => state.info?.shell === 'desktop');
  const hasNotebook = useNotebookStore((state) => state.path !== undefined);
  const rename = useWorkspaceStore((state) => state.rename);
  const makeFolder = useWorkspaceStore((state) => state.makeFolder);
  const items: MenuItem[] = [
    row.kind === 'data'
      ? { id: 'cell', label: t('workspace.addCell'), keys: 'Enter', disabled: !hasNotebook, onSelect: onOpen }
      : { id: 'open', label: t(row.open ? 'workspace.closeFolder' : 'workspace.open'), keys: 'Enter', onSelect: onOpen },
    {
      id: 'folder',
      label: t('workspace.newFolder'),
      onSelect: () => void makeFolder(row.kind === 'folder' ? row.path : parentOf(row.path)),
    },
    { id: 'rename', label: t('workspace.rename'), keys: 'F2', onSelect: () => rename(row.path) },
    ...(desktop ? [{ id: 'show', label: t('workspace.showItem'), onSelect: () => void call('shell.showItem', { path: row.path }) }] : []),
    { id: 'remove', label: t('workspace.remove'), keys: 'Delete', danger: true, separated: true, onSelect: onRemove },
  ];
  return (
    // The row's own clicks open it.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events
    <span className="row-tools" onClick={(event) => event.stopPropagation()} onDoubleClick={(event) => event.stopPropagation()}>
      <Menu
        label={t('workspace.menuOf', { name: row.name })}
        items={items}
        trigger={(props) => (
          <button type="button" className="row-menu" tabIndex={-1} aria-label={t('workspace.menuOf', { name: row.name })} {...props}>
            <Ellipsis size={13} />
          </button>
        )}
      />
    </span>
  );
}

function RenameField({ row, onDone }: { row: Row; onDone: (path: string) => void }) {
  const t = useWords();
  const ending = row.kind === 'notebook' ? notebookEnding : '';
  const [name, setName] = useState(row.name.slice(0, row.name.length - ending.length));
  const field = useRef<HTMLInputElement>(null);
  const finished = useRef(false);
  useEffect(() => {
    // What comes before the ending is what is meant most often.
    const dot = row.kind === 'data' ? row.name.indexOf('.') : -1;
    field.current?.focus();
    field.current?.setSelectionRange(0, dot > 0 ? dot : row.name.length);
  }, [row]);
  const finish = async (keep: boolean) => {
    if (finished.current) return;
    finished.current = true;
    const written = `${name.trim()}${ending}`;
    const to = keep && name.trim() !== '' ? [parentOf(row.path), written].filter((part) => part !== '').join('/') : row.path;
    onDone(await useWorkspaceStore.getState().renamed(row.path, to));
  };
  return (
    <input
      ref={field}
      className="rename-field"
      aria-label={t('workspace.newName', { name: nameOf(row.path) })}
      value={name}
      spellCheck={false}
      onChange={(event) => setName(event.target.value)}
      onBlur={() => void finish(true)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') void finish(true);
        else if (event.key === 'Escape') void finish(false);
      }}
    />
  );
}

function elementOf(tree: HTMLElement | null, path: string): HTMLElement | null {
  return tree?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`) ?? null;
}

function openNotebook(path: string): void {
  const { show, leaveSide } = useNavigationStore.getState();
  show('notebook');
  leaveSide();
  const { path: current, open } = useNotebookStore.getState();
  if (path !== current) void open(path);
}
