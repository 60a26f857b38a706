// Giving the keyboard back.

/** Remembers who has the keyboard; what is returned gives it back to them, if they are still there. */
export function keepFocus(): () => void {
  const before = document.activeElement;
  return () => {
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
}
