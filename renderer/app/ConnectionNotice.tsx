import { useEffect, useState } from 'react';
import { type Connection, useConnectionStore } from '../platform/connection-store.ts';
import { useWords } from '../words/use-words.ts';

/** A connection that comes back within this is not worth a word. */
const patienceMs = 600;

export function ConnectionNotice() {
  const t = useWords();
  const connection = useConnectionStore((state) => state.connection);
  const [shown, setShown] = useState<Connection>('connected');
  useEffect(() => {
    const timer = setTimeout(() => setShown(connection), connection === 'connected' ? 0 : patienceMs);
    return () => clearTimeout(timer);
  }, [connection]);
  if (shown === 'connected') return null;
  return (
    <div className={`connection ${shown}`} role="alert">
      <b>{t(shown === 'ended' ? 'frame.sessionEnded' : shown === 'lost' ? 'frame.connectionLost' : 'frame.connecting')}</b>
      {shown !== 'connecting' && <span>{t(shown === 'ended' ? 'frame.sessionEndedText' : 'frame.connectionLostText')}</span>}
    </div>
  );
}
