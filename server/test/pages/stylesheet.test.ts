/** The stylesheet: contrast of its colours (WCAG 2.2 §1.4.3, §1.4.11), its name, and that it needs nothing else. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { contrast } from '../../src/pages/style/brand.ts'
import { icon } from '../../src/pages/style/icon.ts'
import { stylesheet, stylesheetPath } from '../../src/pages/style/stylesheet.ts'
import { dark, light, type Palette } from '../../src/pages/style/tokens.ts'

type Pair = readonly [keyof Palette, keyof Palette]

/** What is read, and on what. */
const texts: readonly Pair[] = [
  ['ink', 'ground'],
  ['ink', 'card'],
  ['ink', 'warnSoft'],
  ['ink', 'dangerSoft'],
  ['ink', 'okSoft'],
  ['muted', 'ground'],
  ['muted', 'card'],
  ['accent', 'ground'],
  ['accent', 'card'],
  ['accent', 'accentSoft'],
  ['accentPressed', 'ground'],
  ['accentPressed', 'card'],
  ['onAccent', 'accent'],
  ['onAccent', 'accentPressed'],
  ['danger', 'ground'],
  ['danger', 'card'],
  ['danger', 'dangerSoft'],
  ['warn', 'warnSoft'],
  ['ok', 'card'],
  ['ok', 'ground'],
  ['ok', 'okSoft'],
]
/** What shows where something can be pressed or filled in, and on what. */
const outlines: readonly Pair[] = [
  ['edge', 'ground'],
  ['edge', 'card'],
  ['accent', 'ground'],
  ['accent', 'card'],
  ['danger', 'ground'],
]

describe.each([
  ['light', light],
  ['dark', dark],
] as const)('in the %s scheme', (_, palette) => {
  test.each(texts)('%s is readable on %s', (text, ground) => {
    expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5)
  })

  test.each(outlines)('%s is seen on %s', (line, ground) => {
    expect(contrast(palette[line], palette[ground])).toBeGreaterThanOrEqual(3)
  })
})

test('black on white is 21 to 1: the measure itself is right', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
})

test('the stylesheet is named after its content', () => {
  const digest = createHash('sha256').update(stylesheet).digest('hex')
  expect(stylesheetPath).toBe(`/assets/style.${digest.slice(0, 16)}.css`)
})

test('the stylesheet loads nothing and is balanced', () => {
  expect(stylesheet).not.toMatch(/url\(|@import|http/)
  expect(stylesheet.split('{').length).toBe(stylesheet.split('}').length)
  expect(stylesheet).not.toContain('undefined')
})

test('colours stand in the tokens only', () => {
  const withoutTokens = stylesheet.replace(/--[a-z-]+: #[0-9a-f]{6};/g, '').replace(/@media print \{[\s\S]*$/, '')
  expect(withoutTokens).not.toMatch(/#[0-9a-f]{3,6}\b/i)
})

test('every custom property that is used is defined', () => {
  const defined = new Set([...stylesheet.matchAll(/(--[a-z0-9-]+):/g)].map((match) => match[1]))
  for (const [, name] of stylesheet.matchAll(/var\((--[a-z0-9-]+)\)/g)) expect(defined).toContain(name)
})

test('the stylesheet follows what the reader prefers', () => {
  for (const query of ['prefers-color-scheme: dark', 'prefers-reduced-motion', 'forced-colors: active', 'print']) {
    expect(stylesheet).toContain(query)
  }
})

test('the icon is drawn without style or script', () => {
  expect(icon).toMatch(/^<svg xmlns=/)
  expect(icon).not.toMatch(/<style|<script|style=|href/)
})

test('a button that cannot be pressed has its own look, whatever look it has otherwise', () => {
  const looks = [...stylesheet.matchAll(/\.button\.(?:plain|danger|link)(?::hover)? \{/g)].map(({ index }) => index)
  expect(looks).toHaveLength(6)
  expect(stylesheet.indexOf('.button:disabled')).toBeGreaterThan(Math.max(...looks))
})

test('the stylesheet knows a beginning and an end of lines, and no left and right', () => {
  expect(stylesheet).not.toMatch(/(?:^|[\s;{-])(?:left|right)\s*:|:\s*(?:left|right)\s*;|\bfloat\b/)
  const shorthands = [...stylesheet.matchAll(/(?:margin|padding|inset|border-width):([^;}]*)/g)]
  const uneven = shorthands.filter(([, value = '']) => {
    const [, right, , left] = value.trim().match(/(?:[\w-]*\([^)]*\)|\S)+/g) ?? []
    return left !== undefined && left !== right
  })
  expect(shorthands.length).toBeGreaterThan(50)
  expect(uneven.map(([whole]) => whole)).toEqual([])
})
