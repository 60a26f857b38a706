// Small projects for the tests.

import { mockApi, type MockApi, type MockStart } from '.';
import { drawnScenes } from './scene';

/** The mock without waiting: jobs end at once, commands answer in the next turn. */
export function quickMock(start: MockStart = 'ready', images = 12): MockApi {
  return mockApi({ start, scenes: drawnScenes(images), tick: 0, delay: 0 });
}

/** Until all that is under way has been answered. */
export async function settled(turns = 8): Promise<void> {
  for (let n = 0; n < turns; n += 1) await new Promise((done) => setTimeout(done, 0));
}
