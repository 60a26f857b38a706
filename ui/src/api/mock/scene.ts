// What the mock project shows: photos drawn on the fly, or real ones that the dev server lends.

import type { Rect } from '../types';
import { COCO80 } from './labels';
import { random } from './random';

/** One thing on a photo. */
export type Thing = { label: string; rect: Rect };

/** A photo: `url` where there is a file, else it is drawn from `seed`. */
export type Scene = {
  path: string;
  width: number;
  height: number;
  url?: string;
  photo?: HTMLImageElement;
  seed: number;
  things: Thing[];
};

const SHAPES: { label: string; w: number; h: number; ground: boolean }[] = [
  { label: 'person', w: 0.09, h: 0.34, ground: true },
  { label: 'car', w: 0.24, h: 0.16, ground: true },
  { label: 'dog', w: 0.15, h: 0.14, ground: true },
  { label: 'horse', w: 0.2, h: 0.26, ground: true },
  { label: 'bicycle', w: 0.18, h: 0.19, ground: true },
  { label: 'traffic light', w: 0.04, h: 0.13, ground: false },
  { label: 'bird', w: 0.06, h: 0.05, ground: false },
  { label: 'kite', w: 0.09, h: 0.09, ground: false },
  { label: 'bench', w: 0.2, h: 0.12, ground: true },
];

const SIZES = [
  [640, 426],
  [640, 480],
  [480, 640],
  [1280, 853],
] as const;

/** `count` drawn photos, about eight things each; every ninth has none. */
export function drawnScenes(count: number): Scene[] {
  return Array.from({ length: count }, (_, n) => {
    const next = random(n + 7);
    const [width, height] = SIZES[n % SIZES.length] as readonly [number, number];
    const things: Thing[] = [];
    const wanted = n % 9 === 8 ? 0 : 4 + Math.floor(next() * 8);
    for (let i = 0; i < wanted; i += 1) {
      const shape = SHAPES[Math.floor(next() * SHAPES.length)] as (typeof SHAPES)[number];
      const scale = 0.6 + next() * 0.8;
      const w = shape.w * scale * width;
      const h = shape.h * scale * Math.min(width, height);
      const x = next() * (width - w);
      const y = shape.ground ? height * (0.52 + next() * 0.36) - h * 0.6 : height * (0.06 + next() * 0.3);
      const y1 = Math.min(Math.max(0, y), height - h);
      things.push({ label: shape.label, rect: { x1: x, y1, x2: x + w, y2: y1 + h } });
    }
    const folder = n % 3 === 0 ? 'north' : n % 3 === 1 ? 'south/morning' : 'south/evening';
    return { path: `${folder}/frame_${String(n * 37 + 1004).padStart(6, '0')}.jpg`, width, height, seed: n, things };
  });
}

/** The photos that the dev server lends: `scene.json` is a list of `{file, width, height, things}`. */
export async function lentScenes(): Promise<Scene[]> {
  const answer = await fetch('/mock-photos/scene.json');
  const list = (await answer.json()) as { file: string; width: number; height: number; things: Thing[] }[];
  return Promise.all(
    list.map(async (entry, seed) => {
      const url = `/mock-photos/${entry.file}`;
      const photo = new Image();
      photo.src = url;
      await photo.decode();
      const things = entry.things.filter((thing) => COCO80.includes(thing.label));
      return { path: entry.file, width: entry.width, height: entry.height, url, photo, seed, things };
    }),
  );
}

/** Draws a scene: sky, hills, road and a plain figure for every thing. Empty address without a canvas (tests). */
export function paint(scene: Scene, part?: Rect, side?: number): string {
  const canvas = document.createElement('canvas');
  const area = part ?? { x1: 0, y1: 0, x2: scene.width, y2: scene.height };
  const scale = side ? side / Math.max(area.x2 - area.x1, area.y2 - area.y1) : 1;
  canvas.width = Math.max(1, Math.round((area.x2 - area.x1) * scale));
  canvas.height = Math.max(1, Math.round((area.y2 - area.y1) * scale));
  const g = canvas.getContext('2d');
  if (!g) return '';
  g.scale(scale, scale);
  g.translate(-area.x1, -area.y1);
  if (scene.photo) g.drawImage(scene.photo, 0, 0);
  else drawAll(g, scene);
  return canvas.toDataURL('image/jpeg', 0.85);
}

function drawAll(g: CanvasRenderingContext2D, scene: Scene): void {
  backdrop(g, scene);
  for (const thing of [...scene.things].sort((a, b) => a.rect.y2 - b.rect.y2)) figure(g, thing);
}

function backdrop(g: CanvasRenderingContext2D, { width: w, height: h, seed }: Scene): void {
  const next = random(seed + 99);
  const hue = [205, 28, 215, 190, 340][seed % 5] as number;
  const sky = g.createLinearGradient(0, 0, 0, h * 0.6);
  sky.addColorStop(0, `hsl(${hue} 46% 48%)`);
  sky.addColorStop(1, `hsl(${hue + 12} 58% 82%)`);
  g.fillStyle = sky;
  g.fillRect(0, 0, w, h);
  for (let layer = 0; layer < 3; layer += 1) {
    g.fillStyle = `hsl(${105 + layer * 14} ${22 + layer * 6}% ${52 - layer * 11}%)`;
    g.beginPath();
    g.moveTo(0, h);
    const base = h * (0.44 + layer * 0.06);
    const phase = next() * 6;
    for (let x = 0; x <= w; x += 12) {
      g.lineTo(x, base + Math.sin(x / (w / (4 + layer)) + phase) * h * 0.035 + Math.sin(x / 23 + phase) * 3);
    }
    g.lineTo(w, h);
    g.fill();
  }
  const road = g.createLinearGradient(0, h * 0.6, 0, h);
  road.addColorStop(0, '#8d8f92');
  road.addColorStop(1, '#5c5e62');
  g.fillStyle = road;
  g.beginPath();
  g.moveTo(w * 0.42, h * 0.6);
  g.lineTo(w * 0.58, h * 0.6);
  g.lineTo(w * 1.05, h);
  g.lineTo(-w * 0.05, h);
  g.fill();
}

function figure(g: CanvasRenderingContext2D, { label, rect }: Thing): void {
  const [x, y, w, h] = [rect.x1, rect.y1, rect.x2 - rect.x1, rect.y2 - rect.y1];
  const hue = (COCO80.indexOf(label) * 67 + Math.round(x)) % 360;
  const ink = `hsl(${hue} 42% 34%)`;
  const light = `hsl(${hue} 48% 56%)`;
  const oval = (cx: number, cy: number, rx: number, ry: number) => {
    g.beginPath();
    g.ellipse(x + cx * w, y + cy * h, rx * w, ry * h, 0, 0, Math.PI * 2);
    g.fill();
  };
  const block = (bx: number, by: number, bw: number, bh: number) => g.fillRect(x + bx * w, y + by * h, bw * w, bh * h);
  g.fillStyle = ink;
  switch (label) {
    case 'person':
      oval(0.5, 0.1, 0.24, 0.1);
      block(0.28, 0.55, 0.18, 0.45);
      block(0.54, 0.55, 0.18, 0.45);
      g.fillStyle = light;
      block(0.18, 0.2, 0.64, 0.4);
      break;
    case 'dog':
    case 'horse':
      oval(0.45, 0.42, 0.38, 0.26);
      oval(0.86, 0.2, 0.14, 0.2);
      for (const leg of [0.14, 0.28, 0.58, 0.72]) block(leg, 0.5, 0.08, 0.5);
      break;
    case 'car':
      block(0, 0.4, 1, 0.4);
      g.fillStyle = light;
      block(0.2, 0.05, 0.6, 0.4);
      g.fillStyle = '#1c1d20';
      oval(0.22, 0.82, 0.13, 0.18);
      oval(0.78, 0.82, 0.13, 0.18);
      break;
    case 'traffic light':
      block(0, 0, 1, 1);
      ['#e5484d', '#f2b04f', '#45c482'].forEach((colour, n) => {
        g.fillStyle = colour;
        oval(0.5, 0.2 + n * 0.3, 0.3, 0.11);
      });
      break;
    case 'bicycle':
      g.strokeStyle = ink;
      g.lineWidth = Math.max(1.5, w * 0.03);
      for (const cx of [0.22, 0.78]) {
        g.beginPath();
        g.ellipse(x + cx * w, y + 0.68 * h, 0.2 * w, 0.3 * h, 0, 0, Math.PI * 2);
        g.stroke();
      }
      g.beginPath();
      g.moveTo(x + 0.22 * w, y + 0.68 * h);
      g.lineTo(x + 0.4 * w, y + 0.25 * h);
      g.lineTo(x + 0.7 * w, y + 0.25 * h);
      g.lineTo(x + 0.78 * w, y + 0.68 * h);
      g.moveTo(x + 0.66 * w, y + 0.05 * h);
      g.lineTo(x + 0.7 * w, y + 0.25 * h);
      g.stroke();
      break;
    default:
      g.fillStyle = light;
      g.beginPath();
      g.moveTo(x + w / 2, y);
      g.lineTo(x + w, y + h * 0.55);
      g.lineTo(x + w / 2, y + h);
      g.lineTo(x, y + h * 0.55);
      g.fill();
  }
}
