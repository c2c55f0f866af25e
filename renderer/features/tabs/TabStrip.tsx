import './tabs.css';
import { X } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useKeysOf } from '../../app/action-store.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { IconButton } from '../../components/IconButton.tsx';
import { useWords } from '../../words/use-words.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { useWorkspaceStore } from '../workspace/workspace-store.ts';
import { useTabsStore } from './tabs-store.ts';

/** The open notebooks, where there is more than one. */
export function TabStrip() {
  const t = useWords();
  const tabs = useTabsStore((state) => state.tabs);
  const path = useNotebookStore((state) => state.path);
  const title = useNotebookStore((state) => state.title);
  const saving = useNotebookStore((state) => state.saving);
  const unsavedElsewhere = useNotebookStore((state) => state.unsavedElsewhere);
  const notebooks = useWorkspaceStore((state) => state.workspace?.notebooks);
  const view = useNavigationStore((state) => state.view);
  const [dragged, setDragged] = useState<string>();
  const closeKeys = useKeysOf('tabs.close');
  const list = useRef<HTMLUListElement>(null);
  if (view !== 'notebook' || tabs.length < 2) return null;

  const focusTab = (at: number) => list.current?.querySelectorAll<HTMLElement>('.tab')[(at + tabs.length) % tabs.length]?.focus();
  const close = async (at: number) => {
    const inStrip = list.current?.contains(document.activeElement);
    await useTabsStore.getState().close(tabs[at]);
    if (inStrip) requestAnimationFrame(() => focusTab(Math.max(0, Math.min(at, useTabsStore.getState().tabs.length - 1))));
  };
  const onKeyDown = (event: KeyboardEvent, at: number) => {
    const { ctrlKey, metaKey, altKey, shiftKey, key } = event;
    if (metaKey || altKey) return;
    const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    if (step !== 0 && ctrlKey && shiftKey) {
      useTabsStore.getState().move(tabs[at], at + step);
      requestAnimationFrame(() => focusTab(Math.max(0, Math.min(tabs.length - 1, at + step))));
    } else if (step !== 0) focusTab(at + step);
    else if (key === 'Delete') void close(at);
    else return;
    event.preventDefault();
  };
  return (
    <nav className="tab-strip" aria-label={t('tabs.open')}>
      <ul ref={list}>
        {tabs.map((tab, at) => {
          const here = tab === path;
          const name = here ? title : (notebooks?.find((notebook) => notebook.path === tab)?.title ?? fileOf(tab));
          const unsaved = here ? saving !== 'saved' : unsavedElsewhere.includes(tab);
          return (
            // Dragging is one way to reorder; Ctrl+Shift and an arrow key is the other.
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
            <li
              key={tab}
              ref={here ? bringIntoView : undefined}
              className={`${here ? 'on' : ''}${dragged === tab ? ' dragged' : ''}`}
              draggable
              onDragStart={(event) => {
                event.dataTransfer.setData('text/x-epochbook-tab', tab);
                event.dataTransfer.effectAllowed = 'move';
                setDragged(tab);
              }}
              onDragEnd={() => setDragged(undefined)}
              onDragOver={(event) => {
                if (dragged === undefined) return;
                event.preventDefault();
                if (dragged !== tab) useTabsStore.getState().move(dragged, at);
              }}
              onDrop={(event) => dragged !== undefined && event.preventDefault()}
            >
              <button
                type="button"
                className="tab"
                aria-current={here ? 'page' : undefined}
                aria-label={unsaved ? t('tabs.unsaved', { name }) : name}
                title={tab}
                onClick={() => !here && void useNotebookStore.getState().open(tab)}
                onAuxClick={(event) => event.button === 1 && void close(at)}
                onKeyDown={(event) => onKeyDown(event, at)}
              >
                {unsaved && <i aria-hidden>●</i>}
                <span>{name}</span>
              </button>
              <IconButton
                label={t('tabs.close', { name })}
                keys={here ? closeKeys : undefined}
                icon={<X size={13} />}
                onClick={() => void close(at)}
              />
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function bringIntoView(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function fileOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.epoch\.md$/, '');
}
