import { type ComponentType, useEffect, useState } from 'react';

/**
 * A view whose code is loaded when it is first shown, and which is there as soon as its code is. React's own way, `lazy` in
 * a Suspense, keeps what comes late back until 300 ms after the place was first empty, so that places do not flicker.
 */
export function later(load: () => Promise<ComponentType>): ComponentType {
  let known: ComponentType | undefined;
  return function Later() {
    const [View, setView] = useState(() => known);
    useEffect(() => {
      if (View) return undefined;
      let wanted = true;
      load().then(
        (found) => {
          known = found;
          if (wanted) setView(() => found);
        },
        (error: unknown) => {
          // As a view that fails while it is drawn.
          setView(() => {
            throw error;
          });
        },
      );
      return () => {
        wanted = false;
      };
    }, [View]);
    return View ? <View /> : null;
  };
}
