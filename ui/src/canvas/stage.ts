// The living canvas: holds the view and the mode, turns the pointer into wishes, repaints only when something changed.

import { Chips } from './chips';
import { between, contains, isUsable, moved, resized, type Box, type Handle, type Point, type Size } from './geometry';
import { BoxGrid } from './grid';
import { boxesAt, handleAt, pick, REACH } from './hit';
import { follow, type Mode, type Signal } from './modes';
import { Inset, INSET_REACH } from './inset';
import { paint, type CanvasBox, type Ghost } from './paint';
import {
  actualSize,
  around,
  boxToScreen,
  easeOut,
  fit,
  kept,
  mix,
  toImage,
  zoomAt,
  type Insets,
  type View,
} from './view';

export type StageEvents = {
  pick: (id: number | null) => void;
  reshape: (id: number, rect: Box) => void;
  draw: (rect: Box) => void;
  mode: (mode: Mode) => void;
};

/** What the stage shows. */
export type Picture = {
  /** Changes with the image, so that a flight begins from the whole of it. */
  key: number | null;
  photo: CanvasImageSource | null;
  size: Size;
  boxes: readonly CanvasBox[];
  focus: number | null;
  ghost: Ghost | null;
  /** A box drawn but not yet named. */
  sketch: Box | null;
  dim: boolean;
  hidden: boolean;
  /** Whether boxes can be reshaped. */
  editable: boolean;
};

type Press = { at: Point; image: Point; view: View; focus: Box | null; handle: Handle | null; dragged: boolean };

const FLIGHT_MS = 220;
/** A press that travels less than this, in CSS pixels, is a click. */
const CLICK_SLACK = 4;
/** Zoomed in further than this over the whole image, a little whole image shows where one is. */
const INSET_FROM = 1.8;
const EMPTY: Picture = {
  key: null,
  photo: null,
  size: { width: 0, height: 0 },
  boxes: [],
  focus: null,
  ghost: null,
  sketch: null,
  dim: true,
  hidden: false,
  editable: true,
};

export class Stage {
  private picture: Picture = EMPTY;
  private grid = new BoxGrid<CanvasBox>([], 1, 1);
  private view: View = { scale: 1, x: 0, y: 0 };
  private screen: Size = { width: 0, height: 0 };
  private insets: Insets = { top: 0, right: 0, bottom: 0, left: 0 };
  private mode: Mode = 'idle';
  private press: Press | null = null;
  private edited: Box | null = null;
  private rubber: Box | null = null;
  private pointer: Point | null = null;
  private hover: number | null = null;
  private flight: { from: View; to: View; start: number } | null = null;
  /** Whether the view still is where fit or a flight put it; then a resize of the window puts it there again. */
  private home: Box | 'fit' | null = 'fit';
  private imageDirty = true;
  private overlayDirty = true;
  private frame = 0;
  private readonly chips = new Chips();
  private readonly inset = new Inset();
  private readonly stop = new AbortController();
  private readonly resizes: ResizeObserver;

  constructor(
    private readonly host: HTMLElement,
    private readonly imageCanvas: HTMLCanvasElement,
    private readonly overlayCanvas: HTMLCanvasElement,
    private readonly events: StageEvents,
  ) {
    const { signal } = this.stop;
    const on = <K extends keyof HTMLElementEventMap>(type: K, run: (event: HTMLElementEventMap[K]) => void) =>
      host.addEventListener(type, run, { signal, passive: false });
    on('pointerdown', (event) => this.down(event));
    on('pointermove', (event) => this.move(event));
    on('pointerup', (event) => this.up(event));
    on('pointercancel', () => this.cancel());
    on('pointerleave', () => this.point(null));
    on('wheel', (event) => this.wheel(event));
    on('contextmenu', (event) => event.preventDefault());
    this.resizes = new ResizeObserver(() => this.resize());
    this.resizes.observe(host);
    this.resize();
  }

  destroy(): void {
    this.stop.abort();
    this.resizes.disconnect();
    cancelAnimationFrame(this.frame);
  }

  show(picture: Picture): void {
    const before = this.picture;
    this.picture = picture;
    const { width, height } = picture.size;
    const grew = width !== before.size.width || height !== before.size.height;
    if (picture.photo !== before.photo || grew) this.imageDirty = true;
    if (picture.boxes !== before.boxes || grew) {
      // What was dragged is now the box itself, or was refused.
      if (this.mode === 'idle') this.edited = null;
      this.grid = new BoxGrid(picture.boxes, width, height);
    }
    if (picture.key !== before.key || picture.focus !== before.focus) {
      this.edited = null;
      if (this.mode === 'move' || this.mode === 'resize') this.signal('cancel');
    }
    if (picture.key !== before.key) {
      this.flight = null;
      this.hover = null;
      this.home = 'fit';
      this.setView(this.fitted());
    } else if (grew) {
      // Only now it is known how large the image is.
      this.settle();
    }
    this.repaint();
  }

  setInsets(insets: Insets): void {
    this.insets = insets;
    this.settle();
  }

  /** To a box with its surroundings, or to the whole image. */
  fly(to: Box | null): void {
    this.home = to ?? 'fit';
    const target = this.homeView();
    if (!target) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (still || this.screen.width === 0) {
      this.flight = null;
      this.setView(target);
    } else {
      this.flight = { from: this.view, to: target, start: performance.now() };
      this.repaint();
    }
  }

  actualSize(): void {
    this.home = null;
    this.flight = null;
    this.setView(actualSize(this.view, this.screen, this.insets));
  }

  zoom(factor: number): void {
    const at = { x: this.screen.width / 2, y: (this.screen.height - this.insets.bottom) / 2 };
    this.zoomTo(at, factor);
  }

  /** Gets ready to draw a box. */
  arm(): void {
    this.signal('arm');
  }

  /** Out of whatever it is in the middle of; true when there was something. */
  cancel(): boolean {
    if (this.mode === 'idle') return false;
    if (this.mode === 'pan' && this.press) this.setView(this.press.view);
    this.edited = null;
    this.rubber = null;
    this.press = null;
    this.signal('cancel');
    return true;
  }

  /** A box in the middle of what is seen, a fifth of it in size: where drawing by keys begins. */
  middleBox(): Box {
    const w = this.screen.width || 500;
    const h = Math.max(1, (this.screen.height || 500) - this.insets.bottom);
    const a = toImage(this.view, { x: w * 0.4, y: h * 0.4 });
    const b = toImage(this.view, { x: w * 0.6, y: h * 0.6 });
    return between(a, b, this.picture.size);
  }

  /** The side of the screen that a box leaves free. */
  clearSide(box: Box): 'left' | 'right' {
    const { x1, x2 } = boxToScreen(this.view, box);
    return (x1 + x2) / 2 < this.screen.width / 2 ? 'right' : 'left';
  }

  private signal(signal: Signal): void {
    const next = follow(this.mode, signal);
    if (next === this.mode) return;
    this.mode = next;
    this.events.mode(next);
    this.cursor();
    this.repaint();
  }

  private down(event: PointerEvent): void {
    if (this.picture.key === null || this.press) return;
    const at = this.at(event);
    const onPurpose = event.button !== 0 || event.altKey;
    const focus = this.focusBox();
    const onScreen = focus && boxToScreen(this.view, focus);
    const handle = onScreen && this.picture.editable && !this.picture.hidden ? handleAt(onScreen, at) : null;
    const body = onScreen !== null && this.picture.editable && !this.picture.hidden && contains(onScreen, at);
    if (onPurpose && (this.mode === 'aim' || event.button > 2)) return;
    event.preventDefault();
    this.host.setPointerCapture(event.pointerId);
    this.flight = null;
    this.press = { at, image: toImage(this.view, at), view: this.view, focus, handle, dragged: false };
    this.signal(onPurpose ? 'press-empty' : handle ? 'press-handle' : body ? 'press-body' : 'press-empty');
  }

  private move(event: PointerEvent): void {
    const at = this.at(event);
    const { press } = this;
    if (press && !press.dragged && Math.hypot(at.x - press.at.x, at.y - press.at.y) >= CLICK_SLACK)
      press.dragged = true;
    if (!press) return this.point(at);
    this.pointer = at;
    if (!press.dragged) return;
    const image = toImage(this.view, at);
    const { size } = this.picture;
    if (this.mode === 'pan') {
      this.home = null;
      const view = { ...press.view, x: press.view.x + at.x - press.at.x, y: press.view.y + at.y - press.at.y };
      this.setView(kept(view, size, this.screen));
    } else if (this.mode === 'draw') {
      this.rubber = between(press.image, image, size);
    } else if (this.mode === 'move' && press.focus) {
      this.edited = moved(press.focus, image.x - press.image.x, image.y - press.image.y, size);
    } else if (this.mode === 'resize' && press.focus && press.handle) {
      this.edited = resized(press.focus, press.handle, image, size);
    }
    this.repaint();
  }

  private up(event: PointerEvent): void {
    const { press, mode, edited, rubber } = this;
    if (!press) return;
    const { focus } = this.picture;
    this.press = null;
    this.rubber = null;
    this.signal('release');
    if (!press.dragged) {
      this.edited = null;
      if (mode === 'draw') this.signal('arm');
      else if (event.button === 0) this.click(press.image);
    } else if (mode === 'draw' && rubber && isUsable(rubber)) {
      this.events.draw(rubber);
    } else if ((mode === 'move' || mode === 'resize') && edited && focus !== null) {
      if (isUsable(edited)) this.events.reshape(focus, edited);
      // The new box comes back through `show`; until then the edited one stays, so that nothing jumps.
      else this.edited = null;
    }
    this.repaint();
  }

  private click(at: Point): void {
    const under = this.picture.hidden ? [] : boxesAt(this.grid, at, (REACH - 3) / this.view.scale);
    const taken = pick(under, this.picture.focus);
    if (taken) this.events.pick(taken.id);
    else if (under.length === 0) this.events.pick(null);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    if (this.picture.key === null) return;
    const lines = event.deltaMode === 1 ? 16 : 1;
    const delta = Math.max(-240, Math.min(240, event.deltaY * lines));
    this.zoomTo(this.at(event), Math.exp(-delta * 0.0022));
  }

  private zoomTo(at: Point, factor: number): void {
    this.home = null;
    this.flight = null;
    this.setView(kept(zoomAt(this.view, at, factor, this.fitted().scale), this.picture.size, this.screen));
  }

  private point(at: Point | null): void {
    this.pointer = at;
    const under = at && !this.picture.hidden ? boxesAt(this.grid, toImage(this.view, at), 2 / this.view.scale) : [];
    const hover = under[0]?.id ?? null;
    if (hover !== this.hover || this.mode === 'aim') this.repaint();
    this.hover = hover;
    this.cursor();
  }

  private cursor(): void {
    this.host.style.cursor = this.cursorNow();
  }

  private cursorNow(): string {
    if (this.mode === 'pan') return 'grabbing';
    if (this.mode === 'aim' || this.mode === 'draw') return 'crosshair';
    if (this.mode === 'move') return 'move';
    const focus = this.focusBox();
    if (focus && this.pointer && this.picture.editable && !this.picture.hidden) {
      const onScreen = boxToScreen(this.view, focus);
      const handle = this.press?.handle ?? handleAt(onScreen, this.pointer);
      if (handle) return `${handle}-resize`;
      if (contains(onScreen, this.pointer)) return 'move';
    }
    return this.hover !== null ? 'pointer' : 'default';
  }

  private at(event: MouseEvent): Point {
    const { left, top } = this.host.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  private focusBox(): Box | null {
    const { boxes, focus } = this.picture;
    return this.edited ?? boxes.find((box) => box.id === focus)?.rect ?? null;
  }

  private fitted(): View {
    const { size } = this.picture;
    if (size.width === 0 || this.screen.width === 0) return { scale: 1, x: 0, y: 0 };
    return fit(size, this.screen, this.insets);
  }

  private homeView(): View | null {
    if (this.home === null) return null;
    if (this.home === 'fit' || this.picture.size.width === 0) return this.fitted();
    return around(this.home, this.picture.size, this.screen, this.insets);
  }

  private settle(): void {
    this.flight = null;
    const view = this.homeView();
    if (view) this.setView(view);
    this.imageDirty = true;
    this.repaint();
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === this.screen.width && height === this.screen.height) return;
    this.screen = { width, height };
    const ratio = devicePixelRatio || 1;
    for (const canvas of [this.imageCanvas, this.overlayCanvas]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.settle();
  }

  private setView(view: View): void {
    this.view = view;
    this.imageDirty = true;
    this.repaint();
  }

  private repaint(): void {
    this.overlayDirty = true;
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  private tick(now: number): void {
    this.frame = 0;
    if (this.flight) {
      const { from, to, start } = this.flight;
      const t = easeOut((now - start) / FLIGHT_MS);
      if (t >= 1) this.flight = null;
      this.setView(mix(from, to, t, this.screen));
    }
    if (this.imageDirty) this.paintImage();
    if (this.overlayDirty) this.paintOverlay();
    this.imageDirty = false;
    this.overlayDirty = false;
  }

  private paintImage(): void {
    const g = this.imageCanvas.getContext('2d');
    if (!g) return;
    const ratio = devicePixelRatio || 1;
    const { photo, size, key } = this.picture;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, this.imageCanvas.width, this.imageCanvas.height);
    if (key === null || size.width === 0) return;
    const { scale, x, y } = this.view;
    g.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
    if (photo) {
      g.imageSmoothingEnabled = scale * ratio < 5;
      g.imageSmoothingQuality = this.flight ? 'low' : 'high';
      g.drawImage(photo, 0, 0, size.width, size.height);
    } else {
      g.fillStyle = 'rgba(128, 136, 150, 0.16)';
      g.fillRect(0, 0, size.width, size.height);
    }
  }

  /** Whether the little whole image is of use, and not in the way of the focused box. */
  private wantsInset(): boolean {
    if (this.view.scale <= this.fitted().scale * INSET_FROM) return false;
    const focus = this.focusBox();
    if (!focus) return true;
    const { x1, y1 } = boxToScreen(this.view, focus);
    return x1 >= INSET_REACH || y1 >= INSET_REACH;
  }

  private paintOverlay(): void {
    const g = this.overlayCanvas.getContext('2d');
    const { boxes, focus: id, size, ghost, sketch, dim, hidden, editable, key } = this.picture;
    const found = boxes.find((box) => box.id === id) ?? null;
    const focus = found && this.edited ? { ...found, rect: this.edited } : found;
    this.tellPlace(focus?.rect ?? null);
    if (!g) return;
    const aiming = this.mode === 'aim' || this.mode === 'draw';
    paint(
      g,
      {
        screen: this.screen,
        ratio: devicePixelRatio || 1,
        image: size,
        view: this.view,
        boxes: key === null ? [] : boxes,
        focus,
        ghost: this.edited ? null : ghost,
        hover: this.press ? null : this.hover,
        dim: dim && !aiming && !sketch,
        hidden,
        handles: editable && !aiming,
        rubber: this.rubber ?? sketch,
        cross: aiming ? this.pointer : null,
      },
      this.chips,
    );
    const { photo } = this.picture;
    if (photo && this.wantsInset()) this.inset.paint(g, photo, size, this.view, this.screen, devicePixelRatio || 1);
  }

  /** Says on the element where the focused box is, in window pixels, for tests and other onlookers. */
  private tellPlace(rect: Box | null): void {
    if (!rect) {
      delete this.host.dataset['focus'];
      return;
    }
    const { left, top } = this.host.getBoundingClientRect();
    const { x1, y1, x2, y2 } = boxToScreen(this.view, rect);
    this.host.dataset['focus'] = [x1 + left, y1 + top, x2 + left, y2 + top].map((v) => v.toFixed(1)).join(',');
    this.host.dataset['still'] = String(this.flight === null);
  }
}
