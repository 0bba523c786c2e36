/**
 * The colours of every page, by scheme. A test holds their pairs to WCAG AA contrast.
 * Not here: markup (`kit/`). Neighbours: `stylesheet.ts` uses them; the page of the reference has a stylesheet of its
 * own. To add: a colour, its token here in both schemes; a part of pages, its rules in `stylesheet.ts`.
 */

export interface Palette {
  /** The ground of the page, and of what is sunk into a card. */
  readonly ground: string
  readonly card: string
  readonly ink: string
  readonly muted: string
  /** Hairlines that only decorate. */
  readonly line: string
  /** The outline of what can be filled in or pressed; it must be seen. */
  readonly edge: string
  readonly accent: string
  readonly accentPressed: string
  readonly onAccent: string
  readonly accentSoft: string
  readonly danger: string
  readonly dangerSoft: string
  readonly warn: string
  readonly warnSoft: string
  readonly ok: string
  readonly okSoft: string
}

export const light: Palette = {
  ground: '#f6f5f1',
  card: '#ffffff',
  ink: '#1a1d1f',
  muted: '#5b6166',
  line: '#dedbd3',
  edge: '#87867e',
  accent: '#0b6e5d',
  accentPressed: '#085447',
  onAccent: '#ffffff',
  accentSoft: '#e3f0ec',
  danger: '#a8321f',
  dangerSoft: '#f8e8e4',
  warn: '#7a5200',
  warnSoft: '#f7edd8',
  ok: '#1f6b35',
  okSoft: '#e4f1e6',
}

export const dark: Palette = {
  ground: '#121416',
  card: '#1a1d20',
  ink: '#ece9e2',
  muted: '#a3a8ab',
  line: '#2f3438',
  edge: '#6f777d',
  accent: '#5cc4ab',
  accentPressed: '#7fd6c1',
  onAccent: '#08211b',
  accentSoft: '#17302b',
  danger: '#f08a76',
  dangerSoft: '#38211d',
  warn: '#e0b35a',
  warnSoft: '#332a18',
  ok: '#7ccf93',
  okSoft: '#1a3021',
}
