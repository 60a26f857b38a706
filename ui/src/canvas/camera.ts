// Where one looks: the view, and the flights from one to the next.

import { centreOf, type Box, type Point, type Size } from './box';
import {
  actualSize,
  around,
  easeOut,
  fit,
  flightBetween,
  kept,
  toImage,
  zoomAt,
  type Flight,
  type Insets,
  type View,
} from './view';

/** The view is at rest when nobody turned the wheel for so long, ms. */
const REST_MS = 140;

export class Camera {
  view: View = { scale: 1, x: 0, y: 0 };
  screen: Size = { width: 0, height: 0 };
  image: Size = { width: 0, height: 0 };
  insets: Insets = { top: 0, right: 0, bottom: 0, left: 0 };
  private rest: ReturnType<typeof setTimeout> | null = null;
  private flight: (Flight & { start: number }) | null = null;
  /** Where fit or a flight put the view, as long as it is there; then a resize of the window puts it there again. */
  private home: Box | 'fit' | null = 'fit';

  constructor(private readonly changed: () => void) {}

  get flying(): boolean {
    return this.flight !== null;
  }

  /** Whether it flies or was zoomed just now. */
  get moving(): boolean {
    return this.flying || this.rest !== null;
  }

  destroy(): void {
    if (this.rest) clearTimeout(this.rest);
  }

  /** CSS pixels for one of the image where the whole image is seen. */
  get fitScale(): number {
    return this.fitted().scale;
  }

  /** What of the image's plane is on the screen and not covered at its foot; may reach beyond the image. */
  get free(): Box {
    const { screen, insets } = this;
    const a = toImage(this.view, { x: 0, y: 0 });
    const b = toImage(this.view, { x: screen.width, y: Math.max(1, screen.height - insets.bottom) });
    return { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
  }

  /** The middle of what nothing else covers, in CSS pixels. */
  get middle(): Point {
    const { screen, insets } = this;
    return { x: screen.width / 2, y: (screen.height - insets.bottom) / 2 };
  }

  /** The whole image, at once. */
  reset(): void {
    this.stop();
    this.home = 'fit';
    this.set(this.fitted());
  }

  /** Back to where it was put, because the screen or what covers it changed. */
  settle(): void {
    this.stop();
    const view = this.homeView();
    if (view) this.set(view);
  }

  /** To a box with its surroundings, or to the whole image. */
  fly(to: Box | null): void {
    this.home = to ?? 'fit';
    const target = this.homeView() ?? this.view;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches || this.screen.width === 0) {
      this.stop();
      this.set(target);
      return;
    }
    this.flight = { ...flightBetween(this.view, target, this.screen), start: performance.now() };
    this.changed();
  }

  /** One frame on, where it flies. */
  tick(now: number): void {
    if (!this.flight) return;
    const { at, duration, start } = this.flight;
    const t = Math.max(0, now - start) / duration;
    if (t >= 1) this.flight = null;
    this.set(at(easeOut(t)));
  }

  stop(): void {
    this.flight = null;
  }

  actualSize(): void {
    this.leaveHome();
    this.set(actualSize(this.view, this.screen, this.insets));
  }

  zoom(at: Point, factor: number): void {
    this.leaveHome();
    this.destroy();
    this.rest = setTimeout(() => {
      this.rest = null;
      this.changed();
    }, REST_MS);
    this.set(kept(zoomAt(this.view, at, factor, this.fitScale), this.image, this.screen));
  }

  /** `from` shifted on the screen. */
  pan(from: View, dx: number, dy: number): void {
    this.leaveHome();
    this.set(kept({ ...from, x: from.x + dx, y: from.y + dy }, this.image, this.screen));
  }

  /** A place of the image in the middle, as near as now. */
  centre(on: Point): void {
    const { scale } = this.view;
    const { x, y } = this.middle;
    this.leaveHome();
    this.set(kept({ scale, x: x - on.x * scale, y: y - on.y * scale }, this.image, this.screen));
  }

  set(view: View): void {
    this.view = view;
    this.changed();
  }

  /** The side of the screen that a box leaves free. */
  clearSide(box: Box): 'left' | 'right' {
    const { scale, x } = this.view;
    return centreOf(box).x * scale + x < this.screen.width / 2 ? 'right' : 'left';
  }

  private leaveHome(): void {
    this.home = null;
    this.flight = null;
  }

  private fitted(): View {
    const { image, screen } = this;
    if (image.width === 0 || screen.width === 0) return { scale: 1, x: 0, y: 0 };
    return fit(image, screen, this.insets);
  }

  private homeView(): View | null {
    if (this.home === null) return null;
    if (this.home === 'fit' || this.image.width === 0) return this.fitted();
    return around(this.home, this.image, this.screen, this.insets);
  }
}
