import type { CvatDifference } from '../api';
import { fromEngine } from '../shared/i18n/engine';

/** What differs, in the language chosen; of details there may be several. */
export function saidOf({ said }: CvatDifference): string {
  return said.split('; ').map(fromEngine).join('; ');
}
