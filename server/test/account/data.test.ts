/** /account/data: what is recorded of a person, seen, taken along as a file, brought in by one, and deleted. */
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createImports } from '../../src/engine/measurements/import.ts'
import { disableUser } from '../../src/engine/operator/people.ts'
import type { ClientId } from '../../src/protocol/names.ts'
import type { Account, NewMeasurement } from '../../src/storage/contract.ts'
import { en } from '../../src/words/en/index.ts'
import { all, byId, named, read, textOf } from '../pages/markup.ts'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, alicePassword, byCommand, type Harness, harness, issuer } from '../support/harness.ts'
import { putMeasurements } from '../support/measurements.ts'

let h: Harness
let alice: Account
let browser: TestBrowser
beforeEach(() => begin())
afterEach(() => h.close())

async function begin(settings = {}): Promise<void> {
  h = await harness({ settings, ownApp: true })
  alice = await addAccount(h)
  browser = await signedIn('alice')
}

async function signedIn(username: string): Promise<TestBrowser> {
  const fresh = testBrowser(h.app)
  await signInOn(fresh, await fresh.get('/login'), username, alicePassword)
  return fresh
}

/** For what comes when it comes. */
const patience = { timeout: 60_000, interval: 10 }

const meadow = 'meadow' as ClientId
const from = 1_700_000_000

function measurement(i: number, more: Partial<NewMeasurement> = {}): NewMeasurement {
  return {
    variableName: 'Body Weight',
    variableCategory: 'Physique',
    combination: 'MEAN',
    unit: 'kg',
    startTime: from + i,
    value: 70 + (i % 10),
    note: null,
    source: 'Scale',
    ...more,
  }
}

async function record(items: readonly NewMeasurement[], of = alice): Promise<void> {
  for (let i = 0; i < items.length; i += 1000) {
    await putMeasurements(h.storage.measurements, of.number, meadow, items.slice(i, i + 1000))
  }
}

const boundary = 'x7d1'

/** The body of the form with a file; `csrf` before it. */
function form(csrf: string, file: string): string {
  return [
    `--${boundary}\r\ncontent-disposition: form-data; name="csrf"\r\n\r\n${csrf}`,
    `\r\n--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="x.csv"\r\ncontent-type: text/csv\r\n\r\n${file}`,
    `\r\n--${boundary}--\r\n`,
  ].join('')
}

const multipart = { 'content-type': `multipart/form-data; boundary=${boundary}` }

async function csrfOf(one = browser): Promise<string> {
  return hiddenFields(await one.get('/account/data')).csrf ?? ''
}

async function send(file: string, one = browser): Promise<Page> {
  return one.post('/account/data/import', form(await csrfOf(one), file), multipart)
}

/** Imports a file, and waits for its end. */
async function bring(file: string, one = browser): Promise<Page> {
  const sent = await send(file, one)
  expect([sent.status, sent.location]).toEqual([303, '/account/data#import'])
  return ended(one)
}

async function ended(one = browser): Promise<Page> {
  return vi.waitFor(async () => {
    const page = await one.get('/account/data')
    expect(page.body).not.toContain('data-state="reading"')
    return page
  }, patience)
}

const stateOf = (page: Page) => textOf(byId(read(page.body), 'import-state'))
const problemsOf = (page: Page) => named(byId(read(page.body), 'import-problems'), 'li').map(textOf)
const exported = async (format: 'csv' | 'json', one = browser) => {
  const page = await one.get(`/account/data/export/${format}`)
  expect(page.status).toBe(200)
  return page
}

const header = 'variableName,value,unitAbbreviatedName,startTime,note'

/** A file of several batches. */
const longFile = [header, ...Array.from({ length: 1500 }, (_, i) => `Mood,3,/5,${from + i},`)].join('\n')

/** Begins to import a file of several batches. Answers, once the first of them is stored, what lets the import go on. */
async function beginImport(): Promise<() => void> {
  const { imports } = h.storage
  const { note } = imports
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const stored = new Promise<void>((reached) => {
    vi.spyOn(imports, 'note').mockImplementationOnce(async (...told) => {
      reached()
      await held
      return note(...told)
    })
  })
  expect((await send(longFile)).status).toBe(303)
  await stored
  return letGo
}

describe('what is shown', () => {
  test('an account without data says so, and offers to import some', async () => {
    const page = await browser.get('/account/data')
    expect(page.status).toBe(200)
    expect(page.body).toContain('Nothing has been recorded yet')
    for (const id of ['export-csv', 'export-json', 'import-file', 'import-submit']) byId(read(page.body), id)
  })

  test('variables with their latest value, and the latest one drawn by the server without any script', async () => {
    await record([measurement(0), measurement(86_400, { value: 75.5 })])
    await record([measurement(5, { variableName: 'Mood', unit: '/5', variableCategory: null })])
    const page = await browser.get('/account/data')
    const rows = all(read(page.body)).filter((one) => 'data-variable' in one.attributes)
    expect(rows.map(textOf)).toEqual(['Body WeightPhysique75.5 kg15 November 20232', expect.stringContaining('Mood')])
    expect(page.body).toMatch(/<svg[^>]*aria-label="Body Weight over time"/)
    expect(page.body).toContain('2 measurements between 70 and 75.5 kg, on average 72.75 kg.')
    expect(page.body).not.toMatch(/<script|style=/)
  })

  test('one variable has a page with a chart and its measurements, page by page, and is nobody else’s', async () => {
    await record(Array.from({ length: 60 }, (_, i) => measurement(i, { note: i === 59 ? 'after <b>lunch</b>' : null })))
    const list = read((await browser.get('/account/data')).body)
    const path = named(byId(list, 'variables'), 'a')[0]?.attributes.href ?? ''
    const page = await browser.get(path)
    const rows = all(read(page.body)).filter((one) => 'data-measurement' in one.attributes)
    expect(rows).toHaveLength(50)
    expect(textOf(rows[0] ?? read(''))).toContain('after <b>lunch</b>')
    const second = await browser.get(`${path}?page=2`)
    expect(all(read(second.body)).filter((one) => 'data-measurement' in one.attributes)).toHaveLength(10)
    await addAccount(h, 'bob')
    const bob = await signedIn('bob')
    expect((await bob.get(path)).status).toBe(404)
    expect((await browser.get('/account/data/variables/0')).status).toBe(404)
    expect((await browser.get('/account/data/variables/999999999999')).status).toBe(404)
  })

  test('values of one variable in several units are drawn in its own, and the largest numbers there are do no harm', async () => {
    await record([measurement(0), measurement(9, { unit: 'lb', value: 154.3236 })])
    await record([measurement(10, { value: 1.7e308 }), measurement(11, { value: -1.7e308 })])
    const page = await browser.get('/account/data')
    expect(page.status).toBe(200)
    expect(page.body).toContain('2 measurements between 70 and 70 kg')
  })

  test('without the data API there is no such page, and no way to it', async () => {
    await h.close()
    await begin({ dataApi: false })
    for (const path of ['/account/data', '/account/data/export/csv']) expect((await browser.get(path)).status).toBe(404)
    expect((await browser.get('/account')).body).not.toContain('/account/data')
  })
})

describe('taking it along', () => {
  test('what a spreadsheet would take for a formula stands there as text; a number stays a number', async () => {
    const notes = ['=1+1', '+1', '-1', '@x', '\tx', '\rx', "'=1", 'a=b', 'two\nlines', 'a,"b"']
    await record(notes.map((note, i) => measurement(i, { note, value: -i - 1 })))
    await record([measurement(99, { variableName: '=cmd()', unit: '@u', source: '-s' })])
    const { body, response } = await exported('csv')
    expect(response.headers['content-type']).toContain('text/csv')
    expect(response.headers['content-disposition']).toMatch(
      /^attachment; filename="measurements-\d{4}-\d\d-\d\d\.csv"$/,
    )
    expect(body).toContain("'=1+1")
    expect(body).toContain("'=cmd(),")
    expect(body).not.toMatch(/(?:^|,|\r\n)"?[=+@\t\r]/)
    expect(body).toMatch(/,-1,kg,/)
    const before = (await exported('json')).body
    await bring(body)
    expect((await exported('json')).body).toBe(before)
    expect((await exported('csv')).body).toBe(body)
  })

  test.each(['csv', 'json'] as const)(
    '%s that is imported into another account is exported the same',
    async (format) => {
      // Many of one second, so that a page ends among them.
      const many = Array.from({ length: 2500 }, (_, i) =>
        measurement(Math.min(i, 400), {
          variableName: `v ${Math.max(0, i - 399)}`,
          note: i % 3 ? null : `note ${i}`,
          combination: i % 2 ? 'SUM' : 'MEAN',
          value: i / 7,
        }),
      )
      await record(many)
      const { body } = await exported(format)
      await addAccount(h, 'bob')
      const bob = await signedIn('bob')
      expect(stateOf(await bring(body, bob))).toContain('Done: 2,500 measurements stored.')
      expect((await exported(format, bob)).body).toBe(body)
    },
  )

  test('no data is an empty list, and a header alone', async () => {
    expect(JSON.parse((await exported('json')).body)).toEqual([])
    expect((await exported('csv')).body.split('\r\n')).toHaveLength(2)
    expect((await browser.get('/account/data/export/xml')).status).toBe(404)
  })
})

describe('bringing it in', () => {
  test('says which lines are wrong and why, and stores the others', async () => {
    const lines = [
      'Mood,3,/5,2024-05-01T10:00:00Z,',
      'Mood,much,/5,2024-05-01T10:00:01Z,',
      ',4,/5,2024-05-01T10:00:02Z,',
      'Mood,4,/5,2024-13-01,',
      'Mood,4,/5',
      'Mood,4,kg,2024-05-01T10:00:03Z,',
      'Mood,5,/5,2024-05-01T10:00:04Z,"two',
      'lines"',
      'Weight,70,kg,1700000000,',
      'Weight,7,h,1700000001,',
    ]
    const page = await bring([header, ...lines].join('\n'))
    expect(stateOf(page)).toContain('Done: 3 measurements stored, 6 lines left out.')
    expect(problemsOf(page)).toEqual([
      'Line 3: value must be a number.',
      'Line 4: variableName is missing.',
      'Line 5: startTime must be a time, such as 2024-05-01T10:00:00Z.',
      'Line 6: The line has 3 cells instead of 5.',
      'Line 7: “Mood” is measured in “/5”; “kg” cannot be converted to it.',
      'Line 11: “Weight” is measured in “kg”; “h” cannot be converted to it.',
    ])
    const german = await browser.get('/account/data', { 'accept-language': 'de' })
    expect(problemsOf(german)).toEqual([
      'Zeile 3: value muss eine Zahl sein.',
      'Zeile 4: variableName fehlt.',
      'Zeile 5: startTime muss eine Zeit sein, zum Beispiel 2024-05-01T10:00:00Z.',
      'Zeile 6: Die Zeile hat 3 Felder statt 5.',
      'Zeile 7: „Mood“ wird in „/5“ gemessen; „kg“ lässt sich nicht umrechnen.',
      'Zeile 11: „Weight“ wird in „kg“ gemessen; „h“ lässt sich nicht umrechnen.',
    ])
    expect(JSON.parse((await exported('json')).body)).toHaveLength(3)
  })

  test('has a sentence for whatever may be wrong with a member', async () => {
    const right = { variableName: 'Mood', unit: '/5', value: 1, startTime: '2024-05-01T10:00:00Z' }
    const wrong = {
      text: { variableName: 7 },
      label_length: { variableName: 'x'.repeat(126) },
      note_length: { note: 'x'.repeat(2001) },
      control: { note: 'a\u0007' },
      number: { value: 'many' },
      time: { startTime: 'soon' },
      undecided: { startTime: '20240501' },
      combination: { combinationOperation: 'MAX' },
      object: { measurementItems: [7] },
      list: { measurementItems: 7 },
      missing: { value: null },
    }
    const page = await bring(JSON.stringify(Object.values(wrong).map((one) => ({ ...right, ...one }))))
    const { memberProblems } = en.data
    const said = problemsOf(page).map((line) => line.replace(/^Line \d+: \S+ /, ''))
    expect(said).toEqual(Object.keys(wrong).map((key) => `${memberProblems[key as keyof typeof wrong]}.`))
    const differing = await bring(JSON.stringify({ ...right, timestamp: 5 }))
    expect(problemsOf(differing)[0]).toContain('timestamp, which means the same')
  })

  test('a JSON list with entries that are broken, no objects or cut off keeps what is right', async () => {
    const good = (i: number) =>
      JSON.stringify({
        variableName: 'a "}]" b',
        value: i,
        unitAbbreviatedName: 'kg',
        startTime: from + i,
        note: '{[\\',
      })
    const page = await bring(`[${good(1)}, 7, {"x": }, {"variableName": "x"},\n${good(2)}, ${good(3).slice(0, 40)}`)
    expect(stateOf(page)).toContain('Done: 2 measurements stored, 4 lines left out.')
    const stored = JSON.parse((await exported('json')).body) as { note: string }[]
    expect(stored.map(({ note }) => note)).toEqual(['{[\\', '{[\\'])
  })

  test('what is no file of measurements is said to be none, and nothing is stored', async () => {
    const files = ['hello', 'a,b\n1,2', ' \n ', '\u0000'.repeat(200_000), header.replace('value', 'variable')]
    for (const file of files) {
      const page = await bring(file)
      expect(stateOf(page), file.slice(0, 10)).toContain('The file could not be read')
    }
    const sent = await browser.post('/account/data/import', form(await csrfOf(), ''), multipart)
    expect(sent.status).toBe(400)
    expect(sent.body).toContain('Choose a file first.')
    expect(JSON.parse((await exported('json')).body)).toEqual([])
  })

  test('an unclosed quotation mark costs the lines that it swallows, and no more than a line may be long', async () => {
    const rest = Array.from({ length: 6000 }, (_, i) => `Mood,3,/5,${from + i},some note that is long`)
    const page = await bring([header, 'Mood,3,/5,1600000000,"unclosed', ...rest].join('\n'))
    expect(page.status).toBe(200)
    expect(problemsOf(page)[0]).toContain('A quotation mark is missing, or the line is too long.')
  })

  test('shows a bar while it is read, that moves without a script, and lets nobody begin a second one meanwhile', async () => {
    const letGo = await beginImport()
    const during = await browser.get('/account/data')
    expect(during.response.headers.refresh).toBe('2')
    expect(byId(read(during.body), 'import-progress').attributes).toMatchObject({ max: '100' })
    const second = await send(`${header}\nMood,3,/5,1700000000,`)
    expect([second.status, second.body.includes('An import is under way.')]).toEqual([409, true])
    letGo()
    const page = await ended()
    expect(page.response.headers.refresh).toBeUndefined()
    expect(stateOf(page)).toContain('Done: 1,500 measurements stored.')
    await h.context.audit.flush()
    expect((await browser.get('/account/activity')).body).toContain('data-type="data_imported"')
  })

  test('an import ends with the account: what follows of the file is not stored', async () => {
    const letGo = await beginImport()
    await disableUser(h.context, byCommand, alice.id)
    letGo()
    const state = async () => (await h.storage.imports.find(alice.number))?.state
    await expect.poll(state).toBe('cut_off')
    expect((await h.storage.imports.find(alice.number))?.stored).toBe(500)
  })

  test('one file of a person arrives at a time, and only so many of all people', () => {
    const imports = createImports(h.context)
    const person = (userNumber: number) => ({ userId: alice.id, userNumber })
    const first = imports.arrive(person(1))
    expect(imports.arrive(person(1))).toBe('busy')
    for (let number = 2; number <= 8; number++) expect(imports.arrive(person(number))).toBeTypeOf('function')
    expect(imports.arrive(person(9))).toBe('crowded')
    if (typeof first === 'function') first()
    expect(imports.arrive(person(9))).toBeTypeOf('function')
    expect(imports.arrive(person(1))).toBe('crowded')
  })

  test('an import whose server stops keeps what was stored, says so, and can be sent again', async () => {
    const letGo = await beginImport()
    // As if its process had been killed: the row stays as it was last noted.
    const found = await h.storage.imports.find(alice.number)
    await h.storage.imports.begin(alice.number, { id: 'other', size: 100 }, Number.MAX_SAFE_INTEGER)
    await h.storage.imports.note(alice.number, 'other', {
      state: 'reading',
      bytesRead: 50,
      stored: 1500,
      refused: 0,
      problems: [],
    })
    letGo()
    expect(found?.state).toBe('reading')
    h.clock.move(61_000)
    const page = await browser.get('/account/data')
    expect(stateOf(page)).toContain('The import was cut off. 1,500 measurements are stored and stay')
    expect(page.response.headers.refresh).toBeUndefined()
    expect(stateOf(await bring(longFile))).toContain('Done: 1,500 measurements stored.')
    expect(JSON.parse((await exported('json')).body)).toHaveLength(1500)
  })

  test('ends where the account is full, and says how much is stored', async () => {
    await h.close()
    await begin({ measurementsPerAccount: 600 })
    const lines = Array.from({ length: 2000 }, (_, i) => `Mood,3,/5,${from + i},`)
    const page = await bring([header, ...lines].join('\n'))
    expect(stateOf(page)).toContain('Your account has no room for more. 500 measurements are stored')
  })

  test('a form of nobody, or of another site, or without its token before the file, changes nothing', async () => {
    const file = `${header}\nMood,3,/5,1700000000,`
    const csrf = await csrfOf()
    const post = (body: string, headers = {}) =>
      browser.post('/account/data/import', body, { ...multipart, ...headers })
    expect((await post(form('x', file))).status).toBe(403)
    expect((await post(form('', file))).status).toBe(403)
    expect((await post(form(csrf, file), { origin: 'https://evil.example' })).status).toBe(403)
    expect((await post('--nothing--')).status).toBe(400)
    expect((await browser.post('/account/data/import', { csrf })).status).toBe(400)
    const stranger = testBrowser(h.app)
    expect((await stranger.post('/account/data/import', form(csrf, file), multipart)).status).toBe(403)
    expect(await h.storage.imports.find(alice.number)).toBeUndefined()
  })
})

describe('a file over a real connection', () => {
  async function listening(): Promise<number> {
    await h.app.listen({ host: '127.0.0.1', port: 0 })
    return (h.app.server.address() as AddressInfo).port
  }

  async function head(length: number): Promise<string> {
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return [
      'POST /account/data/import HTTP/1.1',
      `host: ${new URL(issuer).host}`,
      `cookie: ${cookie}`,
      `origin: ${issuer}`,
      `content-type: ${multipart['content-type']}`,
      `content-length: ${length}`,
      'connection: close',
      '',
      '',
    ].join('\r\n')
  }

  test('one of 100 MB is refused in plain words after it was sent, without being kept in memory', async () => {
    const start = form(await csrfOf(), '').slice(0, -`\r\n--${boundary}--\r\n`.length)
    const end = `\r\n--${boundary}--\r\n`
    const piece = Buffer.alloc(1_000_000, 'Mood,3,/5,1700000000,\n')
    const requestHead = await head(start.length + 100 * piece.length + end.length)
    const socket = connect(await listening(), '127.0.0.1')
    const before = process.memoryUsage.rss()
    let answer = ''
    socket.on('data', (data) => {
      answer += data
    })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(requestHead + start)
    let most = before
    for (let i = 0; i < 100; i++) {
      if (!socket.write(piece)) await new Promise((resolve) => socket.once('drain', resolve))
      most = Math.max(most, process.memoryUsage.rss())
    }
    socket.write(end)
    await closed
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('The file is larger than 64 MB, so nothing was imported.')
    expect(most - before).toBeLessThan(60_000_000)
    expect(await h.storage.imports.find(alice.number)).toBeUndefined()
  })

  test('one that breaks off on its way is told as not arrived, and nothing of it is stored', async () => {
    const body = form(await csrfOf(), `${header}\nMood,3,/5,1700000000,\n`.padEnd(100_000, 'Mood,3,/5,1700000000,\n'))
    const requestHead = await head(body.length)
    const socket = connect(await listening(), '127.0.0.1')
    const [accepted] = (await once(h.app.server, 'connection')) as [Socket]
    const sent = requestHead + body.slice(0, 80_000)
    socket.write(sent)
    await vi.waitFor(() => expect(accepted.bytesRead).toBe(sent.length), patience)
    socket.destroy()
    await vi.waitFor(async () => expect(await h.storage.imports.find(alice.number)).toBeDefined(), patience)
    expect(stateOf(await ended())).toContain('The file did not arrive whole')
    expect(JSON.parse((await exported('json')).body)).toEqual([])
  })
})

describe('deleting all', () => {
  test('is asked first, deletes every measurement and variable of this person, and is told in the activity', async () => {
    await record(Array.from({ length: 2500 }, (_, i) => measurement(i)))
    const bob = await addAccount(h, 'bob')
    await record([measurement(1)], bob)
    const asked = await browser.get('/account/data/delete')
    expect(asked.body).toContain('Delete all your data?')
    const done = await browser.post('/account/data/delete', hiddenFields(asked))
    expect(done.location).toBe('/account/data?done=deleted')
    expect((await browser.follow(done)).body).toContain('All your data has been deleted.')
    expect(JSON.parse((await exported('json')).body)).toEqual([])
    expect((await browser.get('/account/data')).body).toContain('Nothing has been recorded yet')
    expect(JSON.parse((await exported('json', await signedIn('bob'))).body)).toHaveLength(1)
    await h.context.audit.flush()
    const activity = await browser.get('/account/activity')
    expect(activity.body).toContain('You deleted all your data.')
    expect(activity.body).toContain('data-type="data_deleted"')
  })

  test('waits for the end of an import, of which something would be left', async () => {
    await record([measurement(0)])
    await h.storage.imports.begin(alice.number, { id: 'under-way', size: 100 }, 0)
    const fields = hiddenFields(await browser.get('/account/data/delete'))
    const refused = await browser.post('/account/data/delete', fields)
    expect([refused.status, refused.body.includes('An import is under way.')]).toEqual([409, true])
    expect(JSON.parse((await exported('json')).body)).toHaveLength(1)
    // Its process is gone: nobody waits for it.
    h.clock.move(61_000)
    expect((await browser.post('/account/data/delete', fields)).location).toBe('/account/data?done=deleted')
    expect(JSON.parse((await exported('json')).body)).toEqual([])
  })

  test('needs a sign-in of the last ten minutes', async () => {
    await record([measurement(0)])
    const fields = hiddenFields(await browser.get('/account/data/delete'))
    h.clock.move(11 * 60_000)
    const asked = await browser.get('/account/data/delete')
    expect([asked.status, asked.body.includes('sign in again')]).toEqual([403, true])
    expect((await browser.post('/account/data/delete', fields)).status).toBe(403)
    expect(JSON.parse((await exported('json')).body)).toHaveLength(1)
  })
})
