// Which rows of a long list are worth having in the page.

/** Rows `first` up to (not including) `last`. */
export type Range = { first: number; last: number };

/** The rows in view, with `spare` more on either side. */
export function visibleRange(scroll: number, height: number, row: number, total: number, spare = 6): Range {
  if (total <= 0 || row <= 0) return { first: 0, last: 0 };
  const top = Math.min(Math.max(0, scroll), Math.max(0, total * row - height));
  return {
    first: Math.max(0, Math.floor(top / row) - spare),
    last: Math.min(total, Math.ceil((top + Math.max(height, row)) / row) + spare),
  };
}

/** Where to scroll so that row `index` is fully in view; the present place where it is already. */
export function scrollToShow(index: number, scroll: number, height: number, row: number, margin = 0): number {
  const top = index * row - margin;
  const bottom = (index + 1) * row + margin - height;
  if (scroll > top) return Math.max(0, top);
  if (scroll < bottom) return Math.max(0, bottom);
  return scroll;
}

/** The numbers of the pages of `size` rows that cover `range`. */
export function pagesFor(range: Range, size: number): number[] {
  const pages: number[] = [];
  for (let page = Math.floor(range.first / size); page * size < range.last; page += 1) pages.push(page);
  return pages;
}
