// What may come a moment after what the eye waits for.

import { untrack } from 'svelte';

/**
 * Follows `source`, but only once the frame with its change has been painted: what changes with it elsewhere is on screen
 * before. Changes in between are left out. Made while a component is set up.
 */
export function afterPaint<T>(source: () => T): { readonly current: T } {
  let current = $state.raw(untrack(source));
  let begun = false;
  let asked = false;
  let gone = false;
  $effect(() => {
    source();
    // What was there from the start is shown already.
    if (!begun) begun = true;
    else if (!asked) {
      asked = true;
      requestAnimationFrame(() =>
        setTimeout(() => {
          asked = false;
          if (!gone) current = source();
        }),
      );
    }
  });
  $effect(() => () => {
    gone = true;
  });
  return {
    get current() {
      return current;
    },
  };
}
