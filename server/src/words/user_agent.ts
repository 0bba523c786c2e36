/** What a program says of itself, in the words people use. A claim and no proof: it only helps to recognize a device. */
import { createRequire } from 'node:module'
import { shownName } from '../protocol/visible_name.ts'
import type { Words } from './index.ts'

/** Characters that are read of what a program says. */
const longestRead = 500
const longestShown = 60

/** Where people know a shorter name than the one that the list of browsers has. */
const shorter: Readonly<Record<string, string>> = {
  'Microsoft Edge': 'Edge',
  'Samsung Internet for Android': 'Samsung Internet',
  macOS: 'Mac',
}

/** Firefox on Linux; Meadow 3.1 on an iPhone; or the text itself where it is of no known form. */
export function agentInWords(say: Words['kit'], userAgent: string | null): string {
  const text = (userAgent ?? '').slice(0, longestRead).trim()
  if (text === '') return say.unknownDevice
  const { browser, system } = readAgent(text)
  const program = ownName(text) ?? browser
  const words = program === undefined ? text : system === undefined ? program : say.programOn(program, system)
  const shown = shownName(words)
  if (shown === undefined) return say.unknownDevice
  const characters = [...shown]
  return characters.length <= longestShown ? shown : `${characters.slice(0, longestShown - 1).join('')}…`
}

let list: typeof import('bowser') | undefined

/** The browser and the system, as far as they are known. The list of them is loaded when the first is read. */
function readAgent(text: string): { readonly browser?: string | undefined; readonly system?: string | undefined } {
  list ??= createRequire(import.meta.url)('bowser') as typeof import('bowser')
  const { browser, os, platform } = list.parse(text)
  const system = platform.model === 'iPhone' || platform.model === 'iPad' ? platform.model : os.name
  return { browser: named(browser.name), system: named(system) }
}

function named(name: string | undefined): string | undefined {
  return name === undefined || name === '' || name === 'Mozilla' ? undefined : (shorter[name] ?? name)
}

/** The first product of a program that is no browser, with the two numbers of its version that mean something. */
function ownName(text: string): string | undefined {
  const [, name, version] = /^([A-Za-z][A-Za-z0-9_.-]{0,39})\/(\d{1,6}(?:\.\d{1,6})?)/.exec(text) ?? []
  return name === undefined || name === 'Mozilla' || name === 'Opera' ? undefined : `${name} ${version}`
}

/** The device as the app named it, with the program beside it; or the program alone. */
export function placeInWords(
  say: Words['kit'],
  {
    device,
    userAgent,
    endsFirst,
  }: { readonly device?: string | null; readonly userAgent: string | null; readonly endsFirst: boolean },
): string {
  if (endsFirst) return say.unnamedDevice
  if (device === undefined || device === null) return agentInWords(say, userAgent)
  return userAgent === null ? device : `${device} (${agentInWords(say, userAgent)})`
}
