import type { Levels } from '../canvas/levels';

type Answer = { ticket: number; levels: Levels | null };

let worker: Worker | null = null;
let tickets = 0;
const waiting = new Map<number, (levels: Levels | null) => void>();

/** The pixels of the photo at an address; `null` where it cannot be fetched or read. */
export function decode(url: string): Promise<Levels | null> {
  worker ??= started();
  const ticket = (tickets += 1);
  worker.postMessage({ ticket, url });
  return new Promise((resolve) => waiting.set(ticket, resolve));
}

function started(): Worker {
  const made = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' });
  made.addEventListener('message', ({ data: { ticket, levels } }: MessageEvent<Answer>) => {
    waiting.get(ticket)?.(levels);
    waiting.delete(ticket);
  });
  return made;
}
