// Keys that people bring along from other tools. A preset names only what differs from Relook's own keys.

import type { Changes } from './bindings';

export const PRESET_NAMES = ['relook', 'cvat', 'labelme'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export const PRESETS: Record<PresetName, Changes> = {
  relook: {},
  // CVAT 2, standard workspace: F and D turn the frame, Q and / are occluded, L locks, H hides a shape, Del deletes, F1
  // lists the keys. Its N, G, Tab, Esc, Ctrl+B, C, V, Y, Z and Ctrl+Shift+Z are Relook's too.
  cvat: {
    'next-image': ['F', ']'],
    'previous-image': ['D', '['],
    occluded: ['Q', '/', 'O'],
    reject: ['Delete', 'X'],
    keys: ['F1', '?'],
    lock: ['L', 'Shift+L'],
    'hide-shapes': ['H'],
    hide: ['Shift+H'],
    'search-label': ['Shift+R'],
    queue: ['Shift+Q'],
    fit: ['0'],
    dim: ['Shift+D'],
  },
  // labelme 5; W for a new box is what labelImg has, which labelme's users know.
  labelme: {
    'next-image': ['D', 'Ctrl+Shift+D', ']'],
    'previous-image': ['A', 'Ctrl+Shift+A', '['],
    draw: ['W', 'N'],
    'draw-box': ['Ctrl+R', 'Alt+1'],
    'draw-polygon': ['Ctrl+N', 'Alt+3'],
    fix: ['Ctrl+J', 'E'],
    'search-label': ['Ctrl+E', 'L', '/'],
    reject: ['Delete', 'X'],
    accept: ['Space'],
    'add-folders': ['Ctrl+U', 'Ctrl+O'],
    export: ['Ctrl+S', 'Ctrl+Shift+S'],
    fit: ['Ctrl+F', 'F', '0'],
    actual: ['Ctrl+0', 'Z'],
    'zoom-in': ['Ctrl++', 'Ctrl+=', '+', '='],
    'zoom-out': ['Ctrl+-', '-'],
    dim: ['Shift+D'],
    all: ['Shift+W'],
  },
};
