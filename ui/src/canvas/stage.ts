// The living canvas: holds the view and the mode, turns the pointer into wishes, repaints only when something changed.

import { between, type Box, type Point } from './box';
import { Camera } from './camera';
import { Editing } from './editing';
import { Finder } from './finder';
import { boundsOf, sound, type Geometry } from './geometry';
import { filling, REACH, type Grip } from './grips';
import { pick } from './hit';
import { NOTHING, type CanvasShape, type Picture, type StageEvents } from './look';
import { Making } from './making';
import { follow, isDrawing, isEditing, isPainting, type Mode, type Signal } from './modes';
import { cursorFor, Painter } from './painter';
import { snapped } from './snap';
import type { Way } from './tools';
import { boxToScreen, toImage, type Insets, type View } from './view';

export type { Picture, StageEvents } from './look';

type Press = {
  at: Point;
  image: Point;
  view: View;
  /** It moves the view, whatever else is going on; `inset`: on the little whole image. */
  pans: boolean;
  inset: boolean;
  /** A shape would begin here. */
  begins: boolean;
  grip: Grip | null;
  dragged: boolean;
};

/** A press that travels less than this, in CSS pixels, is a click. */
const CLICK_SLACK = 4;
/** How near to an edge of the image things go to it, CSS pixels. */
const SNAP = 6;

export class Stage {
  private picture: Picture = NOTHING;
  private readonly camera = new Camera(() => this.viewed());
  private readonly painter: Painter;
  private readonly finder = new Finder();
  private readonly making: Making;
  private mode: Mode = 'idle';
  private press: Press | null = null;
  private editing: Editing | null = null;
  private area: Box | null = null;
  private pointer: Point | null = null;
  private hover: number | null = null;
  private grip: Grip | null = null;
  private over: ReturnType<Stage['whatIsOver']> = null;
  private coarse = false;
  private imageDirty = true;
  private frame = 0;
  private readonly stop = new AbortController();
  private readonly resizes: ResizeObserver;

  constructor(
    private readonly host: HTMLElement,
    image: HTMLCanvasElement,
    overlay: HTMLCanvasElement,
    private readonly events: StageEvents,
  ) {
    this.painter = new Painter(image, overlay);
    this.making = new Making({
      events,
      picture: () => this.picture,
      mode: () => this.mode,
      signal: (signal) => this.signal(signal),
      pixel: () => 1 / this.camera.view.scale,
    });
    const { signal } = this.stop;
    const on = <K extends keyof HTMLElementEventMap>(type: K, run: (event: HTMLElementEventMap[K]) => void) =>
      host.addEventListener(type, run, { signal, passive: false });
    on('pointerdown', (event) => this.down(event));
    on('pointermove', (event) => this.move(event));
    on('pointerup', (event) => this.up(event));
    on('pointercancel', () => this.cancel());
    on('pointerleave', () => this.point(null));
    on('dblclick', (event) => this.double(event));
    on('wheel', (event) => this.wheel(event));
    on('contextmenu', (event) => event.preventDefault());
    this.resizes = new ResizeObserver(() => this.resize());
    this.resizes.observe(host);
    this.resize();
  }

  destroy(): void {
    this.stop.abort();
    this.resizes.disconnect();
    this.camera.destroy();
    cancelAnimationFrame(this.frame);
  }

  show(picture: Picture): void {
    const before = this.picture;
    this.picture = picture;
    this.finder.show(picture);
    const { size } = picture;
    const grew = size.width !== before.size.width || size.height !== before.size.height;
    if (picture.photo !== before.photo || grew) this.imageDirty = true;
    // What was dragged is now the shape itself, or was refused.
    if (picture.shapes !== before.shapes && !isEditing(this.mode)) this.editing = null;
    if (picture.key !== before.key || picture.focus !== before.focus) {
      if (isEditing(this.mode)) this.signal('cancel');
      this.editing = null;
      this.grip = null;
    }
    if (picture.key !== before.key) {
      this.cancel();
      this.hover = null;
      this.camera.image = size;
      this.camera.reset();
    } else if (grew) {
      // Only now it is known how large the image is.
      this.camera.image = size;
      this.camera.settle();
    }
    // Ready for one kind of shape, and now another one is wanted.
    if (picture.tool !== before.tool && this.making.isUntouched) {
      this.cancel();
      this.making.arm();
    }
    this.tellOver();
    this.repaint();
  }

  setInsets(insets: Insets): void {
    this.camera.insets = insets;
    this.camera.settle();
  }

  /** To a box with its surroundings, or to the whole image. */
  fly(to: Box | null): void {
    this.camera.fly(to);
  }

  actualSize(): void {
    this.camera.actualSize();
  }

  zoom(factor: number): void {
    this.camera.zoom(this.camera.middle, factor);
  }

  /** The side of the screen that a box leaves free. */
  clearSide(box: Box): 'left' | 'right' {
    return this.camera.clearSide(box);
  }

  // Drawing

  /** Gets ready to draw what the tool says. What is in the making is finished first, or left where it cannot be. */
  arm(): void {
    if (this.making.finishIfWhole()) return;
    this.cancel();
    this.making.arm();
  }

  /** Paints the mask in focus again; false where there is none. */
  paintAgain(): boolean {
    const focus = this.focusShape();
    if (focus?.geometry.shape.kind !== 'mask' || !this.finder.isEditable || this.mode !== 'idle') return false;
    this.making.paint(focus);
    return true;
  }

  /** Out of whatever it is in the middle of; true when there was something. */
  cancel(): boolean {
    if (this.mode === 'idle') return false;
    if (this.mode === 'pan' && this.press) this.camera.set(this.press.view);
    this.editing = null;
    this.area = null;
    this.press = null;
    this.making.leave('cancel');
    return true;
  }

  /** What is in the making is whole as it is. */
  finish(): void {
    this.making.finish();
  }

  /** The last point or stroke taken back. */
  back(): void {
    this.making.back();
    this.repaint();
  }

  /** How the mask is painted from now on. */
  paintWith(way: Way): void {
    this.making.paintWith(way);
    this.repaint();
  }

  /** A larger (1) or smaller (-1) brush. */
  resizeBrush(by: 1 | -1): void {
    this.making.resizeBrush(by);
    this.repaint();
  }

  /** Fills what the painted mask encloses. */
  fillHoles(): void {
    this.making.fillHoles();
    this.repaint();
  }

  /** What drawing by keys begins with: something of the tool's kind in the middle of what is seen, a fifth of it. */
  middle(): Geometry | null {
    const { tool, template, size } = this.picture;
    const fifth = (x1: number, y1: number, x2: number, y2: number) => {
      const at = (share: number): Point => ({ x: x1 + (x2 - x1) * share, y: y1 + (y2 - y1) * share });
      return filling(tool, between(at(0.4), at(0.6), size), template);
    };
    const { x1, y1, x2, y2 } = this.camera.free;
    const made = fifth(x1, y1, x2, y2);
    // Where the middle of the screen is beside the image, that of the image.
    return (made && sound(made, size)) ?? fifth(0, 0, size.width, size.height);
  }

  /** The vertex under the pointer taken away, or the joint off the image and back; or how it is marked turned over. */
  changeVertex(mark: 'occluded' | 'outside'): void {
    const focus = this.focusShape();
    if (focus && this.grip?.kind === 'vertex') this.making.changeVertex(focus, this.grip.n, mark);
    this.grip = null;
    this.tellOver();
    this.repaint();
  }

  private signal(signal: Signal): void {
    const next = follow(this.mode, signal);
    if (next === this.mode) return;
    this.mode = next;
    if (next !== 'aim') this.events.aim(null);
    this.events.mode(next);
    this.tellOver();
    this.cursor();
    this.repaint();
  }

  // The pointer

  private down(event: PointerEvent): void {
    if (this.picture.key === null || this.press || event.button > 2) return;
    event.preventDefault();
    const busy = this.mode === 'aim' || isDrawing(this.mode);
    // The right button ends a line of points.
    if (busy && event.button === 2) return this.finish();
    const at = this.at(event);
    const { view } = this.camera;
    const image = toImage(view, at);
    this.host.setPointerCapture(event.pointerId);
    this.camera.stop();
    const inset = event.button === 0 && this.wantsInset() && this.painter.inset.at(at, this.picture.size) !== null;
    const grip = busy || inset || event.button !== 0 ? null : this.finder.grip(this.focusShape(), image, view.scale);
    const onVertex = grip?.kind === 'vertex' && event.altKey;
    const pans = inset || event.button === 1 || (!busy && !onVertex && (event.button === 2 || event.altKey));
    this.press = { at, image, view, pans, inset, begins: this.mode === 'aim', grip, dragged: false };
    if (inset) this.toInset(at);
    if (pans) this.signal('press-empty');
    else if (busy) this.making.press(this.snap(image));
    else this.hold(event, grip, image);
    this.repaint();
  }

  /** Takes hold of what is under the pointer. */
  private hold(event: PointerEvent, grip: Grip | null, image: Point): void {
    const focus = this.focusShape();
    if (grip && focus) {
      this.signal(grip.kind === 'side' ? 'press-side' : grip.kind === 'turn' ? 'press-turn' : 'press-vertex');
      this.editing = new Editing(focus.id, focus.geometry, image, grip);
    } else if (event.shiftKey) {
      this.signal('press-area');
    } else if (!isAdding(event) && this.finder.holds(focus, image, this.slack(2))) {
      this.signal('press-body');
      this.editing = new Editing(focus.id, focus.geometry, image, null, this.finder.others());
    } else {
      this.signal('press-empty');
    }
  }

  private move(event: PointerEvent): void {
    const at = this.at(event);
    const { press } = this;
    if (!press) return this.point(at, event.shiftKey);
    this.pointer = at;
    if (Math.hypot(at.x - press.at.x, at.y - press.at.y) >= CLICK_SLACK) press.dragged = true;
    if (press.inset) return this.toInset(at);
    // A brush paints with the first step; all else begins with a drag.
    if (!press.dragged && !isPainting(this.mode)) return;
    if (press.pans || this.mode === 'pan') return this.camera.pan(press.view, at.x - press.at.x, at.y - press.at.y);
    const image = toImage(this.camera.view, at);
    if (isDrawing(this.mode)) this.making.drawing?.move(this.snap(image), true, event.shiftKey);
    else if (this.mode === 'area-select') this.area = between(press.image, image, this.picture.size);
    else {
      const slack = this.picture.snap ? this.slack(SNAP) : 0;
      this.editing?.drag(image, { size: this.picture.size, free: event.shiftKey, slack });
    }
    this.repaint();
  }

  private up(event: PointerEvent): void {
    const { press, mode, area } = this;
    if (!press) return;
    this.press = null;
    this.area = null;
    this.repaint();
    if (isDrawing(mode)) {
      if (press.begins && !press.dragged && this.events.take(press.image)) return void this.cancel();
      if (!press.pans) this.making.release(this.snap(toImage(this.camera.view, this.at(event))), press.dragged);
      return;
    }
    this.signal('release');
    if (press.inset) return;
    if (!press.dragged) {
      this.editing = null;
      if (event.button === 0 && mode !== 'aim') this.click(event, press);
    } else if (mode === 'area-select' && area) {
      const ids = this.finder.within(area);
      if (ids.length > 0) this.events.area(ids);
    } else if (isEditing(mode)) {
      this.keepEdit();
    }
  }

  /** The new shape comes back through `show`; until then the edited one stays, so that nothing jumps. */
  private keepEdit(): void {
    const { editing } = this;
    const kept = editing && this.making.kept(editing.now);
    if (editing && kept) {
      editing.now = kept;
      if (editing.along.size === 0) this.events.reshape(editing.id, kept);
      else this.events.move(new Map([...editing.along, [editing.id, kept]]));
    } else {
      this.editing = null;
      this.events.warn('small');
    }
  }

  private click(event: PointerEvent, press: Press): void {
    const focus = this.focusShape();
    if (event.altKey && press.grip?.kind === 'vertex' && focus) {
      this.making.changeVertex(focus, press.grip.n, 'outside');
      return;
    }
    const extend = isAdding(event);
    const under = this.finder.under(press.image, this.slack(REACH - 3));
    // A click that adds takes the topmost; another one lets go of it again.
    const taken = extend ? under[0] : pick(under, this.picture.focus);
    if (taken) this.events.pick(taken.id, extend);
    else if (!extend) this.events.pick(null, false);
  }

  /** On a mask: to paint it again. A line of points ends by the second press itself. */
  private double(event: MouseEvent): void {
    if (this.finder.holds(this.focusShape(), toImage(this.camera.view, this.at(event)), 0)) this.paintAgain();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    if (this.picture.key === null) return;
    const lines = event.deltaMode === 1 ? 16 : 1;
    const delta = Math.max(-240, Math.min(240, event.deltaY * lines));
    this.camera.zoom(this.at(event), Math.exp(-delta * 0.0022));
  }

  /** The pointer goes about without a button; `null`: it left. */
  private point(at: Point | null, free = false): void {
    this.pointer = at;
    const image = at && toImage(this.camera.view, at);
    if (isDrawing(this.mode) || this.mode === 'aim') {
      this.events.aim(this.mode === 'aim' ? image : null);
      if (image) this.making.drawing?.move(this.snap(image), false, free);
      return this.repaint();
    }
    const grip = image && this.finder.grip(this.focusShape(), image, this.camera.view.scale);
    const hover = image ? (this.finder.under(image, this.slack(2))[0]?.id ?? null) : null;
    if (hover !== this.hover || grip?.at.x !== this.grip?.at.x || grip?.at.y !== this.grip?.at.y) this.repaint();
    this.hover = hover;
    this.grip = grip;
    this.tellOver();
    this.cursor();
  }

  private toInset(at: Point): void {
    const place = this.painter.inset.at(at, this.picture.size, true);
    if (place) this.camera.centre(place);
  }

  private whatIsOver(): 'vertex' | 'joint' | null {
    const kind = this.focusShape()?.geometry.shape.kind;
    if (this.mode !== 'idle' || this.grip?.kind !== 'vertex' || kind === 'cuboid' || !kind) return null;
    return kind === 'skeleton' ? 'joint' : 'vertex';
  }

  private tellOver(): void {
    const over = this.whatIsOver();
    if (over !== this.over) this.events.over(over);
    this.over = over;
  }

  private cursor(): void {
    const focus = this.focusShape();
    const image = this.pointer && toImage(this.camera.view, this.pointer);
    const over =
      image && this.finder.holds(focus, image, this.slack(2)) ? 'focus' : this.hover === null ? null : 'other';
    this.host.style.cursor = cursorFor(this.mode, this.press?.grip ?? this.grip, focus?.geometry ?? null, over);
  }

  private focusShape(): CanvasShape | null {
    return this.finder.focus(this.editing);
  }

  private at(event: MouseEvent): Point {
    const { left, top } = this.host.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  /** CSS pixels as image pixels. */
  private slack(pixels: number): number {
    return pixels / this.camera.view.scale;
  }

  private snap(at: Point): Point {
    return isPainting(this.mode) ? at : snapped(at, this.picture.size, this.picture.snap ? this.slack(SNAP) : 0);
  }

  // Showing

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    const { screen } = this.camera;
    if (width === screen.width && height === screen.height) return;
    this.camera.screen = { width, height };
    this.painter.resize(this.camera.screen);
    this.camera.settle();
    this.viewed();
  }

  private viewed(): void {
    this.imageDirty = true;
    this.repaint();
  }

  private repaint(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  private tick(now: number): void {
    this.frame = 0;
    const { camera, picture, making } = this;
    camera.tick(now);
    const focus = this.focusShape();
    this.tellPlace(focus);
    const moving = camera.moving || this.press?.pans === true || this.mode === 'pan';
    // Coarse while it moves, fine once it rests.
    if (this.imageDirty || (this.coarse && !moving)) this.painter.image(picture, camera, moving);
    this.imageDirty = false;
    this.coarse = moving;
    const along = this.editing?.along;
    this.painter.overlay({
      picture: along?.size ? { ...picture, fixing: along } : picture,
      camera,
      mode: this.mode,
      focus,
      edited: this.editing !== null,
      hover: this.press ? null : this.hover,
      grip: this.grip,
      drawing: making.drawing,
      repainted: making.repainted,
      area: this.area,
      pointer: this.pointer,
      moving,
      inset: this.wantsInset(),
    });
  }

  private wantsInset(): boolean {
    const { picture, camera } = this;
    const focus = this.focusShape();
    return this.painter.wantsInset(picture, camera, focus && boxToScreen(camera.view, boundsOf(focus.geometry)));
  }

  /** Says on the element where the focused shape is, in window pixels, for tests and other onlookers. */
  private tellPlace(focus: CanvasShape | null): void {
    const { dataset } = this.host;
    dataset['image'] = String(this.picture.key ?? '');
    dataset['photo'] = this.picture.photo ? 'painted' : 'awaited';
    dataset['box'] = String(focus?.id ?? '');
    if (!focus) return void delete dataset['focus'];
    const { left, top } = this.host.getBoundingClientRect();
    const { x1, y1, x2, y2 } = boxToScreen(this.camera.view, boundsOf(focus.geometry));
    dataset['focus'] = [x1 + left, y1 + top, x2 + left, y2 + top].map((v) => v.toFixed(1)).join(',');
    dataset['still'] = String(!this.camera.flying);
  }
}

/** Whether a click adds to the choice. */
const isAdding = (event: MouseEvent): boolean => event.shiftKey || event.ctrlKey || event.metaKey;
