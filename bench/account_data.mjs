/**
 * The pages of a person with a lot of data: a file of measurements is imported as people do it, its bar is watched, then each
 * chart is seen for the first time and every list is read at its first, middle and last page. At last the exports are
 * held against the file. Ends with 1 where a p95 is missed or the data differ.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { parse } from 'csv-parse/sync'
import { build } from './checkout.mjs'
import { hiddenFields, openBrowser } from './people/browser.mjs'
import { onEachDatabase, password } from './people/server.mjs'

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    requests: { type: 'string', default: '200' },
    database: { type: 'string' },
  },
})
const rows = Number(options.rows)
const requests = Number(options.requests)
/** Milliseconds within which 95 of 100 answers are there. */
const target = 300
/** As many variables as charts are asked for, so that each chart is seen for the first time; half of all is in the first. */
const variables = requests
const columns = 'variableName,value,unitAbbreviatedName,startTime,note,sourceName'

build()
const measurements = Array.from({ length: rows }, (_, at) => ({
  variableName: at % 2 === 0 ? 'Mood' : `Variable ${((at - 1) / 2) % (variables - 1)}, of many`,
  value: ((at * 104_729) % 10_007) / 100 - 50,
  unitAbbreviatedName: 'count',
  startTime: new Date((1_600_000_000 + at * 97) * 1000).toISOString(),
  note: at % 10 === 0 ? `as "usual", ${at}` : '',
  sourceName: at % 3 === 0 ? 'watch' : 'phone',
}))
const file = `${columns}\r\n${measurements.map(lineOf).join('\r\n')}\r\n`

let missed = 0
const people = [{ username: 'person', email: 'person@mail.example' }]
await onEachDatabase({ people, database: options.database }, async (driver, { issuer }) => {
  const browser = openBrowser(issuer)
  const say = (what, text) => console.log(`${driver.padEnd(9)} ${what.padEnd(46)} ${text}`)
  const judge = (what, times) => {
    const p95 = percentile(times, 0.95)
    if (p95 >= target) missed++
    const figures = `p95 ${ms(p95)}  median ${ms(percentile(times, 0.5))}  most ${ms(Math.max(...times))}`
    say(what, `${figures}  (${times.length} requests)${p95 >= target ? '  MISSED' : ''}`)
  }
  const form = hiddenFields((await browser.page('/login')).text)
  const entered = await browser.post('/login', { ...form, username: 'person', password })
  if (entered.location === null) throw new Error(`no sign-in: ${entered.status}`)

  const { seconds, seen } = await importFile(browser)
  say(
    'import',
    `${rows} measurements in ${seconds.toFixed(1)} s, bar seen at ${seen.length} of its steps: ${spread(seen)}`,
  )
  if (seen.length < 2) missed++

  const first = await timed(browser, '/account/data')
  judge('first view of the data page', [first.time])
  const found = await variablesOf(browser)
  if (found.length !== variables) throw new Error(`${found.length} variables are listed, not ${variables}`)
  judge(
    'first view of each chart',
    await timesOf(
      browser,
      found.map(({ path }) => path),
      /<svg[^>]*role="img"/,
    ),
  )
  const most = found.find(({ name }) => name === 'Mood').path
  judge('chart of half of all, again', await timesOf(browser, repeated([most])))
  for (const [list, path, entries] of [
    ['variables', '/account/data', variables],
    ['measurements of a variable', most, rows / 2],
  ]) {
    const last = Math.ceil(entries / 50)
    const at = (page) => (page === 1 ? path : `${path}?page=${page}`)
    const middle = Math.ceil(last / 2)
    for (const [which, page] of Object.entries({ first: 1, middle, last })) {
      judge(`${list}, ${which} page (${page})`, await timesOf(browser, repeated([at(page)]), /<tr data-/))
    }
    const all = Array.from({ length: requests }, (_, i) => 1 + Math.floor((i * last) / requests))
    judge(`${list}, pages from 1 to ${last}`, await timesOf(browser, all.map(at), /<tr data-/))
  }
  for (const path of ['/account/activity', '/account/devices', '/account/apps', '/account/consents']) {
    judge(path, await timesOf(browser, repeated([path])))
  }
  for (const format of ['csv', 'json']) {
    const { text } = await browser.page(`/account/data/export/${format}`)
    const difference = differenceOf(format === 'csv' ? parse(text, { columns: true }) : JSON.parse(text))
    if (difference !== undefined) missed++
    say(`export as ${format}`, difference ?? `equals the import (${rows} measurements)`)
  }
})
process.exitCode = missed === 0 ? 0 : 1

/** Imports the file by the form, and answers how long it took and what the bar said meanwhile. */
async function importFile(browser) {
  const form = new FormData()
  form.set('csrf', hiddenFields((await browser.page('/account/data')).text).csrf)
  form.set('file', new Blob([file], { type: 'text/csv' }), 'measurements.csv')
  const from = performance.now()
  const sent = await browser.post('/account/data/import', form)
  if (sent.status !== 303) throw new Error(`the import was answered ${sent.status}`)
  const seen = []
  for (;;) {
    const { text } = await browser.page('/account/data')
    const state = /id="import-state" data-state="(\w+)"/.exec(text)?.[1]
    if (state === 'done') return { seconds: (performance.now() - from) / 1000, seen }
    if (state !== 'reading') throw new Error(`the import is ${state}`)
    const [, value] = /<progress id="import-progress"[^>]*value="(\d+)"/.exec(text) ?? []
    if (value === undefined) throw new Error('no bar is shown')
    if (seen.at(-1) !== Number(value)) seen.push(Number(value))
    await sleep(100)
  }
}

/** All variables that the lists name, with the paths of their pages. */
async function variablesOf(browser) {
  const found = []
  for (let page = 1; ; page++) {
    const { text } = await browser.page(page === 1 ? '/account/data' : `/account/data?page=${page}`)
    const links = [...text.matchAll(/<a class="strong" dir="auto" href="([^"]*)">([^<]*)</g)]
    if (links.length === 0) return found
    found.push(...links.map(([, path, name]) => ({ path, name })))
    if (links.length < 50) return found
  }
}

function repeated(paths) {
  return Array.from({ length: requests }, (_, at) => paths[at % paths.length])
}

/** How long each of the pages takes, whole; each has to be there, and to show what is looked for. */
async function timesOf(browser, paths, shows = /<h1/) {
  const times = []
  for (const path of paths) times.push((await timed(browser, path, shows)).time)
  return times
}

async function timed(browser, path, shows = /<h1/) {
  const from = performance.now()
  const { status, text } = await browser.page(path)
  const time = performance.now() - from
  if (status !== 200 || !shows.test(text)) throw new Error(`${path} was answered ${status}, without ${shows}`)
  return { time }
}

/** What an export has that the file has not, or the other way round; undefined where they are the same. */
function differenceOf(exported) {
  const texts = (items) => items.map(lineOf).sort()
  const [sent, come] = [texts(measurements), texts(exported)]
  if (sent.length !== come.length) return `DIFFERS: ${come.length} measurements instead of ${sent.length}`
  const at = sent.findIndex((line, i) => line !== come[i])
  return at === -1 ? undefined : `DIFFERS: ${come[at]} instead of ${sent[at]}`
}

/** A measurement as a line of the file. */
function lineOf({ variableName, value, unitAbbreviatedName, startTime, note, sourceName }) {
  const time = new Date(startTime).toISOString()
  const cells = [variableName, String(Number(value)), unitAbbreviatedName, time, note ?? '', sourceName]
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
}

function percentile(times, share) {
  return [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)]
}

function spread(seen) {
  return seen.length === 0 ? 'never' : `${seen[0]} % to ${seen.at(-1)} %`
}

function ms(time) {
  return `${time.toFixed(1)} ms`.padStart(9)
}
