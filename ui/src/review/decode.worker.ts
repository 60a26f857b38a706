// Makes pixels of photos beside the thread that draws: twelve megapixels would keep it busy for a tenth of a second.

import { SMALLEST_LEVEL } from '../canvas/levels';

type Asked = { ticket: number; url: string };

/** The photo and its halves, the largest first. */
async function levelsOf(url: string): Promise<ImageBitmap[]> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const levels = [await createImageBitmap(await answer.blob())];
  for (;;) {
    const last = levels.at(-1);
    const [resizeWidth, resizeHeight] = [Math.round((last?.width ?? 0) / 2), Math.round((last?.height ?? 0) / 2)];
    if (!last || Math.max(resizeWidth, resizeHeight) < SMALLEST_LEVEL) return levels;
    levels.push(await createImageBitmap(last, { resizeWidth, resizeHeight, resizeQuality: 'medium' }));
  }
}

addEventListener('message', ({ data: { ticket, url } }: MessageEvent<Asked>) => {
  levelsOf(url).then(
    (levels) => postMessage({ ticket, levels }, { transfer: levels }),
    () => postMessage({ ticket, levels: null }),
  );
});
