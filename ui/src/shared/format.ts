// Numbers and words as people read them, in the language chosen.

import { m } from './i18n/index.svelte';
import { count, perLocale, tenths } from './i18n/numbers';

export { count, plural } from './i18n/numbers';

const relative = perLocale((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'always' }));
const day = perLocale((locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }));
const minute = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }),
);

/** A score 0..1 as a whole percentage: "75". */
export function percent(score: number): string {
  return String(Math.round(score * 100));
}

const figures = (digits: number) =>
  perLocale(
    (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
const two = figures(2);
const three = figures(3);

/** A score as "0.62". */
export function hundredths(score: number): string {
  return two().format(score);
}

/** A figure 0..1 as "0.521". */
export function thousandths(figure: number): string {
  return three().format(figure);
}

/** A share 0..1 as a percentage with one decimal: "98.5". */
export function tenthsOfPercent(share: number): string {
  return tenths(share * 100);
}

/** A share for a progress display: never 100 before all is done, never 0 once something is. */
export function share(done: number, total: number): number {
  if (total <= 0) return 0;
  if (done >= total) return 100;
  const rounded = Math.round((done / total) * 100);
  return Math.min(99, done > 0 ? Math.max(1, rounded) : 0);
}

/** Seconds as "40 s", "12 min", "1 h 02". */
export function duration(seconds: number): string {
  if (seconds < 90) return m.common.seconds(Math.max(1, Math.round(seconds)));
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return m.common.minutes(minutes);
  return m.common.hours(Math.floor(minutes / 60), String(minutes % 60).padStart(2, '0'));
}

/** Seconds since 1970 as "2 hours ago", "3 days ago", "12 Nov 2026". */
export function ago(at: number, now = Date.now() / 1000): string {
  const s = Math.max(0, now - at);
  if (s < 90) return m.common.justNow;
  if (s < 3600) return relative().format(-Math.round(s / 60), 'minute');
  if (s < 86400) return relative().format(-Math.round(s / 3600), 'hour');
  if (s < 86400 * 14) return relative().format(-Math.round(s / 86400), 'day');
  return day().format(at * 1000);
}

/** Seconds since 1970 as "12 Nov, 10:22". */
export function moment(at: number): string {
  return minute().format(at * 1000);
}

/** 12800000 → "12.8 MB". */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = n / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? tenths(value) : count(value)} ${units[unit] ?? ''}`;
}

/** Images (or the like) a second: "214", "8.4". */
export function rate(n: number): string {
  return n >= 20 ? count(n) : tenths(n);
}

/** The last part of a path, whichever way its slashes lean. */
export function baseName(path: string): string {
  return path.replace(/[/\\]+$/, '').replace(/^.*[/\\]/, '');
}

/** All but the last part of a path. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.length - baseName(path).length)).replace(/[/\\]+$/, '');
}
