import './comparison.css';
import { useWords } from '../../words/use-words.ts';
import type { DiffLine } from './source-diff.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';

const marks: Record<DiffLine['kind'], string> = { same: ' ', removed: '−', added: '+' };

/** Stretches of changed lines, with their numbers on both sides. */
export function Hunks({ hunks, label }: { readonly hunks: readonly (readonly DiffLine[])[]; readonly label: string }) {
  const t = useWords();
  return (
    <ScrollRegion className="diff-scroll" label={label} role="group">
      {hunks.map((lines) => (
        <table key={`${lines[0]?.before} ${lines[0]?.after}`} className="diff">
          <tbody>
            {lines.map((line) => (
              <tr key={`${line.before} ${line.after}`} className={line.kind}>
                <td className="diff-number">{line.before}</td>
                <td className="diff-number">{line.after}</td>
                <td className="diff-mark">
                  <span aria-hidden="true">{marks[line.kind]}</span>
                  {line.kind !== 'same' && (
                    <span className="visually-hidden">{t(line.kind === 'added' ? 'comparison.lineAdded' : 'comparison.lineRemoved')}</span>
                  )}
                </td>
                <td className="diff-text">
                  {line.pieces.map((piece, index) =>
                    piece.changed ? (
                      // Pieces of a line have no other name than their place.
                      // oxlint-disable-next-line react/no-array-index-key
                      <mark key={index}>{piece.text}</mark>
                    ) : (
                      piece.text
                    ),
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </ScrollRegion>
  );
}
