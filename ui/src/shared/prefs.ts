// Small choices that belong to the person at this machine, not to a project.

const PREFIX = 'relook.';

/** The stored value, or `fallback` where there is none or it does not pass `check`. */
export function readPref<T>(name: string, fallback: T, check: (value: unknown) => value is T): T {
  try {
    const text = localStorage.getItem(PREFIX + name);
    const value: unknown = text === null ? null : JSON.parse(text);
    return check(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

/** Stores a choice; where storage is refused the choice lasts until the window closes. */
export function writePref(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // A full or forbidden storage is no reason to disturb anyone.
  }
}
