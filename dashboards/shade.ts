// Shades: what a colour says, which words or numbers beside it always say as well.

/** Every shade with Grafana's colour name; all of them are readable on light and on dark. */
export const SHADES = {
  good: 'green',
  notice: 'yellow',
  warning: 'orange',
  critical: 'red',
  unknown: 'purple',
  neutral: 'text',
} as const;

export type Shade = keyof typeof SHADES;

export const SHADE_NAMES = Object.keys(SHADES) as readonly Shade[];
