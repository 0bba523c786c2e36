/** The picture of a person: drawn anew in a process of its own, served harmlessly, told to apps; what is none changes nothing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPictures } from '../../src/runtime/pictures/pictures.ts'
import type { Account } from '../../src/storage/contract.ts'
import { byId, read, textOf } from '../pages/markup.ts'
import { newTokens } from '../support/answers.ts'
import {
  authorize,
  authorizeUrl,
  hiddenFields,
  type Page,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { addAccount, addClient, alicePassword, type Harness, harness, issuer } from '../support/harness.ts'

let h: Harness
beforeAll(async () => {
  h = await harness()
})
afterAll(() => h.close())

const boundary = 'x7d1'

async function person(username: string, on = h): Promise<{ account: Account; browser: TestBrowser }> {
  const account = await addAccount(on, username)
  const browser = testBrowser(on.app)
  await signInOn(browser, await browser.get('/login'), username, alicePassword)
  return { account, browser }
}

async function send(
  browser: TestBrowser,
  file: Buffer,
  on = h,
  parts?: { csrf?: string; end?: string },
): Promise<Page> {
  const csrf = parts?.csrf ?? hiddenFields(await browser.get('/account/profile')).csrf ?? ''
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="csrf"\r\n\r\n${csrf}\r\n--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="me.png"\r\ncontent-type: image/png\r\n\r\n`
  const response = await on.app.inject({
    method: 'POST',
    url: '/account/profile/picture',
    headers: {
      cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      'content-type': `multipart/form-data; boundary=${boundary}`,
      origin: issuer,
      'sec-fetch-site': 'same-origin',
      accept: 'text/html',
    },
    payload: Buffer.concat([Buffer.from(head), file, Buffer.from(parts?.end ?? `\r\n--${boundary}--\r\n`)]),
  })
  const location = response.headers.location
  return { response, status: response.statusCode, body: response.body, location, path: '/account/profile/picture' }
}

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: { r: 200, g: 40, b: 40, alpha: 0.5 } } })

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const sizes = Buffer.alloc(8)
  sizes.writeUInt32BE(data.length)
  sizes.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([sizes.subarray(0, 4), body, sizes.subarray(4)])
}

/** A PNG that says it is as large as that, with nothing but zeros in it. */
function png(width: number, height: number, rows = height): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const data = deflateSync(Buffer.alloc(rows * (Math.ceil(width / 8) + 1)), { level: 9 })
  const start = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([start, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

/** A GIF of so many frames, each a pixel. */
function gif(frames: number): Buffer {
  const frame = Buffer.from('21f9040000000000' + '2c0000000001000100000202440100', 'hex')
  const head = Buffer.concat([Buffer.from('GIF89a'), Buffer.from('01000100800000ffffff000000', 'hex')])
  return Buffer.concat([head, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])])
}

async function shown(browser: TestBrowser): Promise<string> {
  return byId(read((await browser.get('/account/profile')).body), 'picture-shown').attributes.src ?? ''
}

describe('a picture', () => {
  test('is drawn anew as a square without what the file says beside it, shown on pages and told to apps, and removed', async () => {
    const { account, browser } = await person('ann')
    const file = await plain(900, 600)
      .withExif({ IFD0: { Copyright: 'taken at home' } })
      .jpeg()
      .toBuffer()
    expect(file.includes('taken at home')).toBe(true)
    const sent = await send(browser, file)
    expect(sent.location).toBe('/account/profile?done=picture')
    const path = await shown(browser)
    expect(path).toMatch(/^\/pictures\/[A-Za-z0-9_-]{43}$/)
    const served = await h.app.inject(path)
    expect(served.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, max-age=86400, immutable',
    })
    const { width, height, format, exif } = await sharp(served.rawPayload).metadata()
    expect([width, height, format, exif]).toEqual([256, 256, 'jpeg', undefined])
    expect(served.rawPayload.includes('taken at home')).toBe(false)
    const client = await addClient(h, { scope: 'openid profile basic' })
    const consent = await browser.follow(await browser.get(authorizeUrl(client, { scope: 'openid profile' })))
    expect(consent.body).toContain(`src="${path}"`)
    await authorize(h.app, authorizeUrl(client, { scope: 'openid profile basic' }), { browser })
    const { access } = await newTokens(h, client, { scope: 'openid profile basic' }, browser)
    const ask = async (url: string) =>
      (await h.app.inject({ url, headers: { authorization: `Bearer ${access}` } })).json()
    expect((await ask('/oauth/userinfo')).picture).toBe(`${issuer}${path}`)
    expect((await ask('/api/v3/user')).avatar).toBe(`${issuer}${path}`)
    expect((await browser.get('/account')).body).toContain(`src="${path}"`)
    const csrf = hiddenFields(await browser.get('/account/profile')).csrf ?? ''
    expect((await browser.post('/account/profile/picture/remove', { csrf })).status).toBe(303)
    expect((await h.app.inject(path)).statusCode).toBe(404)
    expect((await ask('/oauth/userinfo')).picture).toBeUndefined()
    expect((await browser.get('/account/profile')).body).not.toContain(path)
    await h.context.audit.flush()
    const types = (await h.storage.audit.list(50)).filter(({ actor }) => actor === account.id).map(({ type }) => type)
    expect(types).toEqual(expect.arrayContaining(['picture_changed', 'picture_removed']))
  })

  test('may be any of the five kinds; of a moving one the first picture is taken', async () => {
    const { browser } = await person('bea')
    const files = {
      png: await plain(40, 30).png().toBuffer(),
      webp: await plain(40, 30).webp().toBuffer(),
      gif: gif(3),
      avif: await plain(40, 30).avif().toBuffer(),
      jpeg: await plain(40, 30).jpeg().toBuffer(),
    }
    for (const [kind, file] of Object.entries(files)) expect((await send(browser, file)).status, kind).toBe(303)
  })

  test('that lies elsewhere is not shown, and can be removed', async () => {
    const { account, browser } = await person('cleo')
    await h.storage.accounts.update(account.id, { claims: { picture: 'https://pictures.example/cleo.png' } })
    const page = await browser.get('/account/profile')
    expect(textOf(read(page.body))).toContain('Apps are given a picture at pictures.example.')
    expect(page.body).not.toContain('https://pictures.example')
    await browser.post('/account/profile/picture/remove', { csrf: hiddenFields(page).csrf ?? '' })
    expect((await h.storage.accounts.find(account.id))?.claims).toEqual({})
  })
})

describe('what is no picture', () => {
  const svg = '<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
  const unknown = 'This is not a picture that we can read. Use JPEG, PNG, WebP, GIF or AVIF.'
  const broken = 'The picture is damaged or cut off, so it cannot be read.'
  const program = 'SVG files are not accepted, because they can contain programs.'
  const pixels = 'The picture has more than 16 million pixels.'
  const cases: Record<string, () => [Buffer | Promise<Buffer>, string]> = {
    nothing: () => [Buffer.alloc(0), 'Choose a file first.'],
    text: () => [Buffer.from('a,b\n1,2'), unknown],
    'a page': () => [Buffer.from('<!doctype html><script>alert(1)</script>'), unknown],
    SVG: () => [Buffer.from(svg), program],
    'SVG in UTF-16': () => [Buffer.from(`\ufeff${svg}`, 'utf16le'), program],
    'SVG with a prefix': () => [Buffer.from('<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'), program],
    TIFF: () => [Buffer.from('II*\0\x08\0\0\0', 'latin1'), unknown],
    'huge dimensions': () => [png(60_000, 60_000, 1), pixels],
    'a bomb of zeros': () => [png(20_000, 20_000), pixels],
    'a picture cut off': () => [
      plain(900, 600)
        .jpeg()
        .toBuffer()
        .then((file) => file.subarray(0, 900)),
      broken,
    ],
    'a PNG without its end': () => [png(400, 400, 20), broken],
    'a start alone': () => [Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), broken],
    'SVG behind a start of GIF': () => [Buffer.from(`GIF89a${svg}`), broken],
  }

  test('is told on the form, changes nothing, and is never a fault', async () => {
    const { account, browser } = await person('dora')
    await send(browser, await plain(30, 30).png().toBuffer())
    const before = await shown(browser)
    for (const [name, of] of Object.entries(cases)) {
      const [file, sentence] = of()
      const page = await send(browser, await file)
      expect([page.status, textOf(read(page.body)).includes(sentence)], `${name}: ${page.status}`).toEqual([400, true])
    }
    const large = await send(browser, Buffer.alloc(4_000_001))
    expect([large.status, textOf(read(large.body)).includes('The file is larger than 4 MB.')]).toEqual([413, true])
    const cut = await send(browser, await plain(30, 30).png().toBuffer(), h, { end: '' })
    expect(cut.status).toBe(400)
    expect((await send(browser, gif(10_000))).status).toBe(303)
    await send(browser, await plain(30, 30).png().toBuffer())
    expect(await shown(browser)).toBe(before)
    expect((await h.storage.accounts.find(account.id))?.claims).toEqual({ picture: `${issuer}${before}` })
  })

  test('a picture behind which something else hides loses it', async () => {
    const { browser } = await person('emil')
    const file = Buffer.concat([await plain(30, 30).jpeg().toBuffer(), Buffer.from(svg)])
    expect((await send(browser, file)).status).toBe(303)
    expect((await h.app.inject(await shown(browser))).rawPayload.includes('svg')).toBe(false)
  })

  test('a form of somebody else is refused', async () => {
    const { account, browser } = await person('fritz')
    const page = await send(browser, await plain(30, 30).png().toBuffer(), h, { csrf: 'x' })
    expect(page.status).toBe(403)
    expect((await h.storage.accounts.find(account.id))?.claims).toEqual({})
  })

  test('whoever sends many is told to wait', async () => {
    const { browser } = await person('gina')
    const statuses: number[] = []
    for (let i = 0; i < 31; i++) statuses.push((await send(browser, Buffer.from('no'))).status)
    expect([new Set(statuses.slice(0, 30)), statuses[30]]).toEqual([new Set([400]), 429])
  })

  test('names of no picture are not found', async () => {
    for (const path of ['/pictures/x', `/pictures/${'A'.repeat(43)}`, '/pictures/%00', '/pictures/..%2f..']) {
      expect((await h.app.inject(path)).statusCode, path).toBe(404)
    }
  })
})

describe('a server whose decoder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  /** A server whose pictures are drawn by another program. */
  async function withDecoder(text: string): Promise<Harness> {
    const path = join(folder, `${text.length}.mjs`)
    writeFileSync(path, text)
    return harness({ pictures: createPictures(pathToFileURL(path)) })
  }

  test.each([
    ['is not there', 'process.exit(1)'],
    ['has no library', 'process.send({ ready: false }); setTimeout(() => {}, 60_000)'],
  ])('%s runs, and its form says that there are no pictures', async (_name, text) => {
    const without = await withDecoder(text)
    const { browser } = await person('ann', without)
    const { body } = await browser.get('/account/profile')
    expect(body).toContain('This server cannot read pictures, so you cannot upload one.')
    expect(body).not.toContain('picture-file')
    const page = await send(browser, await plain(30, 30).png().toBuffer(), without)
    expect([page.status, page.body.includes('This server cannot read pictures')]).toEqual([400, true])
    await without.close()
  })

  test('takes too long or breaks down is ended, and the person is told', async () => {
    const slow = await withDecoder(
      `import { writeFileSync } from 'node:fs'; writeFileSync('${folder}/pid', String(process.pid));
       process.send({ ready: true }); process.on('message', () => { for (;;); })`,
    )
    const ann = await person('ann', slow)
    const file = await plain(30, 30).png().toBuffer()
    const page = await send(ann.browser, file, slow)
    expect([page.status, page.body.includes('It took too long to read the picture.')]).toEqual([400, true])
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    await slow.close()
    const broken = await withDecoder(`process.send({ ready: true }); process.on('message', () => process.abort())`)
    const other = await person('ann', broken)
    const answer = await send(other.browser, file, broken)
    expect([answer.status, answer.body.includes('The picture is damaged or cut off')]).toEqual([400, true])
    expect((await broken.storage.accounts.find(other.account.id))?.claims).toEqual({})
    await broken.close()
  })
})
