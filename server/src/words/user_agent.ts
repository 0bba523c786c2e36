/** What a program says of itself, in the words people use. A claim and no proof: it only helps to recognize a device. */
import { shownName } from '../protocol/visible_name.ts'
import type { Words } from './index.ts'

const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\b(OPR|OPiOS)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/.* Safari\//, 'Safari'],
]

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\b(Macintosh|Mac OS X|macOS)\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\b(Linux|X11)\b/, 'Linux'],
]

const longest = 60

/** Firefox on Linux; Meadow 3.1 on an iPhone; or the text itself where it is of no known form. */
export function agentInWords(say: Words['kit'], userAgent: string | null): string {
  const text = (userAgent ?? '').slice(0, 500).trim()
  const system = systems.find(([pattern]) => pattern.test(text))?.[1]
  const program = browsers.find(([pattern]) => pattern.test(text))?.[1] ?? ownName(text)
  if (program !== undefined) return system === undefined ? program : say.programOn(program, system)
  const shown = shownName(text)
  if (shown === undefined) return say.unknownDevice
  const characters = [...shown]
  return characters.length <= longest ? shown : `${characters.slice(0, longest - 1).join('')}…`
}

/** The first product of a program that is no browser, with the two numbers of its version that mean something. */
function ownName(text: string): string | undefined {
  const [, name, version] = /^([A-Za-z][A-Za-z0-9_.-]{0,39})\/(\d{1,6}(?:\.\d{1,6})?)/.exec(text) ?? []
  return name === undefined || name === 'Mozilla' ? undefined : `${name} ${version}`
}

/** The device as the app named it, with the program beside it; or the program alone. */
export function placeInWords(
  say: Words['kit'],
  { device, userAgent }: { readonly device?: string | null; readonly userAgent: string | null },
): string {
  if (device === undefined) return agentInWords(say, userAgent)
  const named = device ?? say.unnamedDevice
  return userAgent === null ? named : `${named} (${agentInWords(say, userAgent)})`
}
