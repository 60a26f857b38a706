import { describe, expect, it } from 'vitest';

import { follow, MODES, SIGNALS, type Mode, type Signal } from './modes';

// The whole table: what every signal makes of every mode.
const TABLE: Record<Mode, Record<Signal, Mode>> = {
  idle: {
    arm: 'aim',
    'press-empty': 'pan',
    'press-body': 'move',
    'press-handle': 'resize',
    release: 'idle',
    cancel: 'idle',
  },
  pan: {
    arm: 'pan',
    'press-empty': 'pan',
    'press-body': 'pan',
    'press-handle': 'pan',
    release: 'idle',
    cancel: 'idle',
  },
  aim: {
    arm: 'aim',
    'press-empty': 'draw',
    'press-body': 'draw',
    'press-handle': 'draw',
    release: 'aim',
    cancel: 'idle',
  },
  draw: {
    arm: 'draw',
    'press-empty': 'draw',
    'press-body': 'draw',
    'press-handle': 'draw',
    release: 'idle',
    cancel: 'idle',
  },
  move: {
    arm: 'move',
    'press-empty': 'move',
    'press-body': 'move',
    'press-handle': 'move',
    release: 'idle',
    cancel: 'idle',
  },
  resize: {
    arm: 'resize',
    'press-empty': 'resize',
    'press-body': 'resize',
    'press-handle': 'resize',
    release: 'idle',
    cancel: 'idle',
  },
};

describe('modes', () => {
  it.each(MODES.flatMap((mode) => SIGNALS.map((signal) => [mode, signal] as const)))('%s on %s', (mode, signal) => {
    expect(follow(mode, signal)).toBe(TABLE[mode][signal]);
  });

  it('are all left by cancel', () => {
    for (const mode of MODES) expect(follow(mode, 'cancel')).toBe('idle');
  });
});
