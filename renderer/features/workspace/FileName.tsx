/** A name too long is cut in the middle: its end tells files apart as often as its start. The whole path is in the tooltip. */
export function FileName({ path, ending = '' }: { path: string; ending?: string }) {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const name = file.endsWith(ending) ? file.slice(0, file.length - ending.length) : file;
  const tail = ending === '' && name.length > 20 ? 9 : 0;
  return (
    <span className="file-name">
      <span className="side-name">{name.slice(0, name.length - tail)}</span>
      {tail > 0 && <span>{name.slice(-tail)}</span>}
      {name !== file && <span className="ending">{ending}</span>}
    </span>
  );
}
