// How a photo is shown brighter or with more contrast; the file is never touched.

/** Each 1 as it is: brightness and contrast are factors, gamma above 1 brightens what is dark. */
export type Adjust = { brightness: number; contrast: number; gamma: number };

export const AS_IT_IS: Readonly<Adjust> = { brightness: 1, contrast: 1, gamma: 1 };

/** What a slider may be set to. */
export const RANGES: Readonly<Record<keyof Adjust, { min: number; max: number }>> = {
  brightness: { min: 0.2, max: 3 },
  contrast: { min: 0.2, max: 3 },
  gamma: { min: 0.3, max: 3 },
};

export const isAsItIs = ({ brightness, contrast, gamma }: Adjust): boolean =>
  brightness === 1 && contrast === 1 && gamma === 1;

const STEPS = 32;

/** The curve from 0..1 to 0..1 that every channel goes through, as evenly spaced values. */
export function curve({ brightness, contrast, gamma }: Adjust): number[] {
  return Array.from({ length: STEPS + 1 }, (_, n) => {
    const v = (n / STEPS) * brightness;
    const stretched = Math.max(0, Math.min(1, (v - 0.5) * contrast + 0.5));
    return Math.round(stretched ** (1 / gamma) * 10_000) / 10_000;
  });
}
