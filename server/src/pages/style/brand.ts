/** The operator's colours: whether they can be read on our pages, and the stylesheet that brings them in. */
import { sha256 } from '../../lib/hash.ts'
import { dark, light } from './tokens.ts'

const schemes = { light, dark } as const
type Scheme = keyof typeof schemes

/** The least contrast of text (WCAG 2.2 §1.4.3). */
const leastContrast = 4.5

/** A colour that cannot be used: how much contrast it has, and to what. */
export interface FaintColour {
  readonly contrast: number
  readonly ground: string
  readonly least: number
}

/** What is wrong with an accent in #rrggbb, if anything: links are read on every ground of the page, and buttons have text on them. */
export function accentProblem(scheme: Scheme, accent: string): FaintColour | undefined {
  const { ground, card } = schemes[scheme]
  const { accentSoft, onAccent } = accentsOf(scheme, accent)
  const pairs = [ground, card, accentSoft, onAccent].map((other) => ({
    ground: other,
    contrast: contrast(accent, other),
    least: leastContrast,
  }))
  const [worst] = pairs.sort((one, other) => one.contrast - other.contrast)
  return worst !== undefined && worst.contrast < leastContrast ? worst : undefined
}

/** All tones of an accent, by the names of the tokens. */
function accentsOf(scheme: Scheme, accent: string) {
  const { card } = schemes[scheme]
  const isLight = scheme === 'light'
  return {
    accent,
    accentPressed: mixed(accent, isLight ? '#000000' : '#ffffff', 0.2),
    onAccent: isLight ? '#ffffff' : '#0b0d0e',
    accentSoft: mixed(accent, card, 0.9),
  }
}

/** The stylesheet, which stands behind the one that every page has; named after its content. */
export function brandStyles(accent: { readonly light: string; readonly dark: string }) {
  const text = `:root { ${properties('light', accent.light)} }
@media screen and (prefers-color-scheme: dark) { :root { ${properties('dark', accent.dark)} } }
`
  return { path: `/assets/brand.${sha256(text).toString('hex').slice(0, 16)}.css`, text }
}

function properties(scheme: Scheme, accent: string): string {
  return Object.entries(accentsOf(scheme, accent))
    .map(([name, colour]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${colour};`)
    .join(' ')
}

function partsOf(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
}

/** The first colour with so much of the other in it. */
function mixed(one: string, other: string, share: number): string {
  const others = partsOf(other)
  const parts = partsOf(one).map((part, at) => Math.round(part * (1 - share) + (others[at] ?? 0) * share))
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = partsOf(colour).map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Contrast of two colours, 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}
