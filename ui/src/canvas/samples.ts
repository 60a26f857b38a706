// One shape of every kind, for the tests.

import { extruded } from './cuboid';
import { ofPoints, upright, type Geometry } from './geometry';

const p = (x: number, y: number) => ({ x, y });

export const SIZE = { width: 400, height: 300 };

export const SAMPLES = {
  box: upright({ x1: 100, y1: 100, x2: 200, y2: 160 }),
  turned: { ...upright({ x1: 100, y1: 100, x2: 200, y2: 160 }), rotation: 30 },
  ellipse: upright({ x1: 100, y1: 100, x2: 200, y2: 160 }, 'ellipse'),
  polygon: ofPoints({ kind: 'polygon', points: [p(100, 100), p(200, 110), p(150, 180)] }),
  polyline: ofPoints({ kind: 'polyline', points: [p(100, 100), p(200, 110), p(150, 180)] }),
  points: ofPoints({ kind: 'points', points: [p(100, 100), p(200, 110)] }),
  // .##.
  // ####
  mask: { rect: { x1: 100, y1: 100, x2: 104, y2: 102 }, rotation: 0, shape: { kind: 'mask', runs: [1, 2, 1, 4] } },
  cuboid: ofPoints({ kind: 'cuboid', points: extruded({ x1: 100, y1: 120, x2: 180, y2: 180 }, p(20, -15)) }),
  skeleton: ofPoints({
    kind: 'skeleton',
    joints: [
      { name: 'head', ...p(120, 100), occluded: false, outside: false },
      { name: 'foot', ...p(130, 160), occluded: true, outside: false },
      { name: 'hand', ...p(0, 0), occluded: false, outside: true },
    ],
  }),
} satisfies Record<string, Geometry>;

export const KINDS = Object.keys(SAMPLES) as (keyof typeof SAMPLES)[];
