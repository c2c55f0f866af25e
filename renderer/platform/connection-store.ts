/** Whether the page can reach the core. Under Electron it always can; a browser's WebSocket may be lost. */
import { create } from 'zustand';

/** `ended`: the server was restarted and does not know this tab any more. */
export type Connection = 'connecting' | 'connected' | 'lost' | 'ended';

export const useConnectionStore = create<{ readonly connection: Connection }>(() => ({ connection: 'connecting' }));
