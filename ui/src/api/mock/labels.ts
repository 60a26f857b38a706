import type { Label } from '../types';

/** The 80 names of COCO. */
export const COCO80 = (
  'person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,' +
  'bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,' +
  'skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,' +
  'wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,' +
  'chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,' +
  'toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush'
).split(',');

/** The engine's colour for the `n`-th label: hues by the golden angle in three lightnesses. */
export function colourFor(n: number): string {
  const hue = (n * 137.507764) % 360;
  const [sat, light] = (
    [
      [0.72, 0.62],
      [0.58, 0.72],
      [0.8, 0.54],
    ] as const
  )[n % 3] as readonly [number, number];
  const chroma = (1 - Math.abs(2 * light - 1)) * sat;
  const channel = (shift: number) => {
    const k = (shift + hue / 30) % 12;
    const v = light - (chroma / 2) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(Math.min(1, Math.max(0, v)) * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

export function bareLabel(id: number, name: string): Label {
  return {
    id,
    name,
    colour: colourFor(id - 1),
    attributes: [],
    shape: null,
    key: '',
    skeleton: null,
    archived: false,
  };
}

export function labelsFrom(names: string[]): Label[] {
  return names.map((name, n) => ({
    ...bareLabel(n + 1, name),
    attributes:
      name === 'horse'
        ? [
            { name: 'ridden', kind: 'checkbox', mutable: false, default: 'false', values: [] },
            { name: 'coat', kind: 'select', mutable: false, default: 'brown', values: ['brown', 'black', 'white'] },
          ]
        : [],
  }));
}
