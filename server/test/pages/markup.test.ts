/** What holds for every page: nothing inline, nothing from elsewhere, and no text of anybody comes out as markup. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { developer } from '../../src/pages/developer/developer_view.tsx'
import { initials } from '../../src/pages/kit/app_card.tsx'
import { differenceInWords, findDifference } from '../../src/pages/kit/difference.tsx'
import { passkeyScriptHref } from '../../src/pages/kit/passkey/script.ts'
import { onwardScript, postScript } from '../../src/pages/sign_in/response/script.ts'
import { signIn } from '../../src/pages/sign_in/sign_in_view.tsx'
import { iconPath } from '../../src/pages/style/icon.ts'
import { stylesheetPath } from '../../src/pages/style/stylesheet.ts'
import { en } from '../../src/words/en/index.ts'
import { rounds } from '../support/rounds.ts'
import { everyPage } from './every_page.ts'
import { all, byId, type Element, named, read, textOf } from './markup.ts'

const pages = Object.entries(everyPage((usual) => usual))

/** The one page whose form goes to an app, and which has a script for that. */
const posts = 'response posted to the app'
/** The one page that holds pages of apps, and goes on to one by a script. */
const signsOut = 'signed-out at apps'

const scripts: Readonly<Record<string, string>> = { [posts]: postScript.href, [signsOut]: onwardScript.href }

describe.each(pages)('%s', (title, html) => {
  const page = read(html)
  const elements = all(page)

  test('has no script but a file of ours, no style, no handler and no style attribute', () => {
    for (const { name, attributes, children } of elements) {
      if (name === 'script') {
        expect(attributes).toEqual({ src: scripts[title] ?? passkeyScriptHref(), defer: '' })
        expect(children).toEqual([])
      }
      if (name === 'iframe') {
        expect(title).toBe(signsOut)
        expect(attributes).toMatchObject({ hidden: '', sandbox: 'allow-scripts allow-same-origin' })
      }
      expect(['style', 'object', 'embed', 'base']).not.toContain(name)
      for (const key of Object.keys(attributes)) {
        expect(key).not.toBe('style')
        expect(key).not.toMatch(/^on/i)
      }
    }
  })

  test('loads the one stylesheet, the icon and pictures of people here, and nothing else', () => {
    expect(named(page, 'link').map((link) => link.attributes.href)).toEqual([iconPath, stylesheetPath])
    const loading = elements.filter((element) => 'src' in element.attributes || 'srcset' in element.attributes)
    const others = loading.filter(({ name }) => name !== 'script' && name !== 'iframe')
    // A text that others chose never gets here: a person's picture has a path of ours.
    for (const { name, attributes } of others) expect([name, attributes.src]).toEqual(['img', '/pictures/one'])
  })

  test('is a whole document: language, viewport, schemes, one title, one heading, one main', () => {
    const [root] = named(page, 'html')
    expect(root?.attributes.lang).toBe('en')
    const metas = Object.fromEntries(named(page, 'meta').map((meta) => [meta.attributes.name, meta.attributes.content]))
    expect(metas.viewport).toBe('width=device-width, initial-scale=1')
    expect(metas['color-scheme']).toBe('light dark')
    for (const name of ['title', 'h1', 'main']) expect(named(page, name)).toHaveLength(1)
  })

  test('has each id once, and every reference to one is met', () => {
    const ids = elements.flatMap(({ attributes }) => (attributes.id === undefined ? [] : [attributes.id]))
    expect(new Set(ids).size).toBe(ids.length)
    for (const { attributes } of elements) {
      const wanted = [attributes.for, attributes['aria-describedby'], attributes['aria-labelledby']]
      if (attributes.href?.startsWith('#')) wanted.push(attributes.href.slice(1))
      for (const id of wanted.flatMap((value) => value?.split(' ') ?? [])) expect(ids).toContain(id)
    }
  })

  test('has a label for every field', () => {
    const labelled = new Set(named(page, 'label').map((label) => label.attributes.for))
    const boxed = named(page, 'label').flatMap((label) => named(label, 'input'))
    for (const input of named(page, 'input')) {
      if (input.attributes.type === 'hidden' || 'hidden' in input.attributes) continue
      expect(labelled.has(input.attributes.id) || boxed.includes(input)).toBe(true)
    }
  })

  test('has forms that go to a path of ours, and no button that sends one elsewhere', () => {
    const own = /^\/[a-z]+(\/[A-Za-z0-9%._~-]+)*$/
    for (const form of named(page, 'form')) {
      expect(form.attributes.action).toMatch(title === posts ? /^https:\/\/meadow\.example\/cb$/ : own)
    }
    expect(elements.filter((element) => 'formaction' in element.attributes)).toEqual([])
  })

  test('takes no decision beforehand: nothing but one text field may have the focus when it opens', () => {
    const focused = elements.filter((element) => 'autofocus' in element.attributes)
    expect(focused.length).toBeLessThanOrEqual(1)
    for (const { name, attributes } of focused) {
      expect(name).toBe('input')
      expect(['text', 'email', 'password']).toContain(attributes.type)
    }
  })
})

const nasty = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        "' onfocus='alert(1)",
        '</title><svg onload=alert(1)>',
        '-->',
        '<!--',
        ']]>',
        '&lt;b&gt;',
        '&#x3c;',
        '\u202e',
        '\u0000',
        '\\"',
        'javascript:alert(1)',
      ),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => text !== '')

const shape = (element: Element): string =>
  `${element.name}[${Object.keys(element.attributes).join(' ')}](${element.children
    .map((child) => (typeof child === 'string' ? '' : shape(child)))
    .join('')})`

describe('text of others', () => {
  test('never comes out as markup, nor chooses where a form goes that an app can be at the end of', () => {
    const actions = (page: Element) => named(page, 'form').map((form) => form.attributes.action)
    const ends = /^(sign-in|sign-up|consent|sign-out|set-up)/
    const plain = Object.entries(everyPage(() => 'plain')).map(([name, html]) => {
      const page = read(html)
      return { name, shape: shape(page), ...(ends.test(name) && { actions: actions(page) }) }
    })
    expect(plain.filter((page) => 'actions' in page).length).toBeGreaterThan(10)
    fc.assert(
      fc.property(nasty, (text) => {
        const pages = everyPage(() => text)
        // The icon of a scope is chosen by its name, and is the one thing that text may choose.
        const choosesIcon = /read|write|manage|delete/i.test(text)
        for (const { name, ...expected } of plain) {
          const page = read(pages[name] ?? '')
          if (!choosesIcon) expect(shape(page), name).toBe(expected.shape)
          if (expected.actions) expect(actions(page), name).toEqual(expected.actions)
        }
      }),
      { numRuns: rounds(60) },
    )
  })

  test('comes out as it went in', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const page = read(signIn({ csrf: text, login: text, clientName: text }))
        expect(byId(page, 'username').attributes.value).toBe(text)
        expect(textOf(named(page, 'strong')[0] ?? page)).toBe(text)
      }),
      { numRuns: 300 },
    )
  })

  test('a client id in a path is one segment, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (clientId) => {
        const page = read(
          developer({
            csrf: '',
            viewer: { username: 'a' },
            apps: [{ clientId, name: 'NAME', status: 'enabled', createdAt: 0 }],
          }),
        )
        const link = named(page, 'a').find((element) => textOf(element) === 'NAME')
        expect(link?.attributes.href).toMatch(/^\/developer\/apps\/[^/?#]+$/)
      }),
    )
  })
})

describe('the difference of two texts', () => {
  test('is where the common beginning ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (expected, got) => {
        const difference = findDifference(expected, got)
        if (expected === got) {
          expect(difference).toBeUndefined()
          return
        }
        const at = difference?.at ?? -1
        expect([...expected].slice(0, at)).toEqual([...got].slice(0, at))
        expect([...expected][at]).not.toBe([...got][at])
      }),
    )
  })

  test('names what cannot be seen or looks alike', () => {
    const words = (expected: string, got: string) => {
      const difference = findDifference(expected, got)
      return difference && differenceInWords(en.kit, difference)
    }
    expect(words('a b', 'a\u00a0b')).toBe('First difference at character 2: expected U+0020, got U+00A0.')
    expect(words('cafe', 'c\u0430fe')).toContain('expected “a”, got “\u0430” (U+0430)')
  })
})

test('initials are the first letters of two words, and never part of a character', () => {
  expect(initials('Meadow Journal')).toBe('MJ')
  expect(initials('  mdw ')).toBe('M')
  expect(initials('«Über» die Berge')).toBe('ÜD')
  expect(initials('!!!')).toBe('·')
  expect(initials('')).toBe('·')
})
