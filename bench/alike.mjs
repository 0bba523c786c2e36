/**
 * Whether an address that has an account and one that has none are answered alike: in status and text, and in time, at
 * sign-in, sign-up and lost password. Every pair comes through a trusted proxy, from one of many networks, so that no limit
 * is reached. Ends with 1 where something differs.
 */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { SMTPServer } from 'smtp-server'
import { build } from './checkout.mjs'
import { hiddenFields, openBrowser } from './people/browser.mjs'
import { onEachDatabase, password } from './people/server.mjs'
import { median } from './report.mjs'

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: '50' },
    pairs: { type: 'string', default: '4' },
    only: { type: 'string' },
    database: { type: 'string' },
  },
})
/** Networks that ask, and pairs from each. */
const networks = Number(options.networks)
const pairs = Number(options.pairs)
/** How far the medians may be apart. */
const allowed = 0.1

/** What is sent to each surface for an address. */
const surfaces = {
  'sign-in': {
    path: '/login',
    fields: (email) => ({ username: email, password: 'not the password of anybody' }),
  },
  'sign-up': { path: '/signup', fields: (email) => ({ username: '', email, password }) },
  'lost password': { path: '/forgot', fields: (email) => ({ email }) },
}

build()
const count = networks * pairs
const known = (at) => `person${at}@known.example`
const unknown = (at) => `person${at}@other.example`
const people = Array.from({ length: count }, (_, at) => ({ username: `person${at}`, email: known(at) }))

// Mail is taken by a server in this process, so that it costs the measured one what it costs anywhere.
const mails = new SMTPServer({
  authOptional: true,
  disableReverseLookup: true,
  logger: false,
  onData(stream, _session, done) {
    stream.resume()
    stream.on('end', done)
  },
})
mails.listen(0, '127.0.0.1')
await once(mails.server, 'listening')

const env = {
  CONSENTRY_TRUST_PROXY: '127.0.0.1',
  CONSENTRY_SIGNUP: 'open',
  SMTP_URL: `smtp://127.0.0.1:${mails.server.address().port}`,
  MAIL_FROM: 'no-reply@mail.example',
}
let different = 0
await onEachDatabase({ people, env, database: options.database }, async (driver, { issuer }) => {
  for (const [name, surface] of Object.entries(surfaces)) {
    if (options.only !== undefined && options.only !== name) continue
    // Whoever goes second has what the first has left to be done beside it: both orders are judged.
    for (const [nth, order] of ['known first', 'unknown first'].entries()) {
      const found = await compare(issuer, surface, order, nth)
      const { ratio, same } = found
      const isAlike = same && Math.abs(ratio - 1) <= allowed
      if (!isAlike) different++
      console.log(
        `${driver.padEnd(9)} ${name.padEnd(14)} ${order.padEnd(14)} known ${ms(found.known)}  unknown ${ms(found.unknown)}  ratio ${ratio.toFixed(3)}  ${same ? 'same answer' : 'ANSWERS DIFFER'}${isAlike ? '' : '  NOT ALIKE'}`,
      )
    }
  }
})
mails.close()
process.exitCode = different === 0 ? 0 : 1

/** Both medians in milliseconds, their ratio, and whether every answer had one status and one text. */
async function compare(issuer, { path, fields }, order, nth) {
  const times = { known: [], unknown: [] }
  const answers = new Set()
  const browsers = await Promise.all(
    Array.from({ length: networks }, async (_, at) => {
      const browser = openBrowser(issuer, { 'x-forwarded-for': `198.${18 + nth}.${at}.7` })
      const hidden = hiddenFields((await browser.page(path)).text)
      // The form has been posted before, so that nothing is loaded for the first of them.
      return { browser, hidden }
    }),
  )
  const ask = async (kind, { browser, hidden }, email) => {
    const from = performance.now()
    const { status, location, text } = await browser.post(path, { ...hidden, ...fields(email) })
    times[kind].push(performance.now() - from)
    answers.add(`${status} ${location ?? ''} ${plain(text, email)}`)
  }
  for (let at = 0; at < count; at++) {
    const from = browsers[at % networks]
    if (order === 'known first') {
      await ask('known', from, known(at))
      await ask('unknown', from, unknown(at))
    } else {
      await ask('unknown', from, unknown(at))
      await ask('known', from, known(at))
    }
  }
  const [knownMedian, unknownMedian] = [median(times.known), median(times.unknown)]
  return { known: knownMedian, unknown: unknownMedian, ratio: knownMedian / unknownMedian, same: answers.size === 1 }
}

/** The text of a page without what is different in each answer: the address, and tokens that forms are sent with. */
function plain(text, email) {
  return text.replaceAll(email, 'ADDRESS').replaceAll(/(?<="|&quot;)[A-Za-z0-9_.~-]{30,}(?="|&quot;)/g, 'TOKEN')
}

function ms(time) {
  return `${time.toFixed(1)} ms`.padStart(9)
}
