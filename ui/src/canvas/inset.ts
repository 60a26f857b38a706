import { clamp, type Point, type Size } from './box';
import type { Levels } from './levels';
import type { View } from './view';

const MARGIN = 12;
const WIDTH = 148;
const HEIGHT = 112;
/** A box that begins nearer to the corner than this, in CSS pixels, would be hidden by the inset. */
export const INSET_REACH = MARGIN + WIDTH + 12;

/** The whole image, small, in the corner, with the part that is on the screen framed. */
export class Inset {
  private made: { photo: Levels; ratio: number; picture: HTMLCanvasElement } | null = null;

  /** The place of the image that a screen point shows there; `null` beside it. `beyond`: also then, the nearest. */
  at(point: Point, size: Size, beyond = false): Point | null {
    const scale = Math.min(WIDTH / size.width, HEIGHT / size.height);
    const [x, y] = [(point.x - MARGIN) / scale, (point.y - MARGIN) / scale];
    const within = x >= 0 && y >= 0 && x <= size.width && y <= size.height;
    return within || beyond ? { x: clamp(x, 0, size.width), y: clamp(y, 0, size.height) } : null;
  }

  paint(
    g: CanvasRenderingContext2D,
    photo: Levels,
    size: Size,
    view: View,
    screen: Size,
    ratio: number,
  ): void {
    const scale = Math.min(WIDTH / size.width, HEIGHT / size.height);
    const width = size.width * scale;
    const height = size.height * scale;
    g.setTransform(ratio, 0, 0, ratio, ratio * MARGIN, ratio * MARGIN);
    g.fillStyle = 'rgba(8, 10, 14, 0.8)';
    g.beginPath();
    g.roundRect(-3, -3, width + 6, height + 6, 6);
    g.fill();
    g.drawImage(this.picture(photo, width, height, ratio), 0, 0, width, height);
    const x1 = Math.max(0, -view.x / view.scale) * scale;
    const y1 = Math.max(0, -view.y / view.scale) * scale;
    const x2 = Math.min(size.width, (screen.width - view.x) / view.scale) * scale;
    const y2 = Math.min(size.height, (screen.height - view.y) / view.scale) * scale;
    g.fillStyle = 'rgba(8, 10, 14, 0.5)';
    g.beginPath();
    g.rect(0, 0, width, height);
    g.rect(x1, y1, x2 - x1, y2 - y1);
    g.fill('evenodd');
    g.strokeStyle = '#ffffff';
    g.lineWidth = 1.5;
    g.strokeRect(x1, y1, x2 - x1, y2 - y1);
  }

  /** Made small once a photo: doing it in every frame would cost more than the frame. */
  private picture(photo: Levels, width: number, height: number, ratio: number): HTMLCanvasElement {
    if (this.made?.photo === photo && this.made.ratio === ratio) return this.made.picture;
    const picture = document.createElement('canvas');
    picture.width = Math.max(1, Math.round(width * ratio));
    picture.height = Math.max(1, Math.round(height * ratio));
    const g = picture.getContext('2d');
    if (g) {
      g.imageSmoothingQuality = 'high';
      g.drawImage(photo[photo.length - 1] ?? photo[0], 0, 0, picture.width, picture.height);
    }
    this.made = { photo, ratio, picture };
    return picture;
  }
}
