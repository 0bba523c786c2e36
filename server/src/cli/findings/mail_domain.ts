/**
 * What DNS says of the domain that mails come from: who may send for it (SPF), with which key mails are signed (DKIM),
 * and what receivers do with those that are neither (DMARC). Without them mails land among the junk.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import { second } from '../../lib/clock.ts'
import type { SmtpOptions } from '../../runtime/mailer/smtp.ts'
import type { Finding } from './providers.ts'

/** The TXT records of a name, each put together; none where there is no such name. Throws where nobody answers. */
export type ReadTxt = (name: string) => Promise<readonly string[]>

/** Asks the name servers that this machine is set up with. */
export function systemTxt(): ReadTxt {
  const resolver = new Resolver({ timeout: 2 * second, tries: 2 })
  return async (name) => {
    try {
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(''))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : ''
      if (code === 'ENODATA' || code === 'ENOTFOUND') return []
      throw error
    }
  }
}

/** One finding for each of the three; one alone where DNS cannot be asked. */
export async function lookAtMailDomain(
  { from, dkim }: Pick<SmtpOptions, 'from' | 'dkim'>,
  readTxt: ReadTxt,
): Promise<Finding[]> {
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
  try {
    return [
      await lookAtSpf(domain, readTxt),
      await lookAtDkim(domain, dkim, readTxt),
      await lookAtDmarc(domain, readTxt),
    ]
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    const repair = 'Ask from a machine that can reach DNS. Whether mail arrives does not depend on this one.'
    return [{ check: 'mail domain', state: 'warning', text: `DNS could not be asked about ${domain}${why}`, repair }]
  }
}

async function lookAtSpf(domain: string, readTxt: ReadTxt): Promise<Finding> {
  const check = 'spf'
  const records = (await readTxt(domain)).filter((text) => /^v=spf1(?: |$)/i.test(text))
  const [record] = records
  if (record === undefined) {
    const repair = `Add a TXT record to ${domain} that names your mail server, such as: v=spf1 mx -all`
    return { check, state: 'warning', text: `${domain} does not say which servers send its mail`, repair }
  }
  if (records.length > 1) {
    const text = `${domain} has ${records.length} SPF records, so that receivers heed none`
    return { check, state: 'warning', text, repair: 'Make one record of them.' }
  }
  if (/(?:^| )\+?all(?: |$)/i.test(record)) {
    const text = `${domain} lets every server send its mail`
    return { check, state: 'warning', text, repair: 'End its SPF record with -all or ~all.' }
  }
  return { check, state: 'ok', text: `${domain}: ${record}` }
}

async function lookAtDkim(domain: string, dkim: SmtpOptions['dkim'], readTxt: ReadTxt): Promise<Finding> {
  const check = 'dkim'
  if (dkim === undefined) {
    const repair =
      'Let your mail server sign what it sends, or set CONSENTRY_DKIM_KEY, CONSENTRY_DKIM_SELECTOR and CONSENTRY_DKIM_DOMAIN.'
    return { check, state: 'warning', text: 'mails are not signed here', repair }
  }
  const name = `${dkim.keySelector}._domainkey.${dkim.domainName}`
  const published = /(?:^|;)\s*p=([A-Za-z0-9+/=\s]*)/.exec((await readTxt(name)).join(''))?.[1]?.replace(/\s/g, '')
  const own = createPublicKey(createPrivateKey(dkim.privateKey))
    .export({ type: 'spki', format: 'der' })
    .toString('base64')
  const repair = `Add this TXT record at ${name}: v=DKIM1; k=rsa; p=${own}`
  if (!published)
    return { check, state: 'problem', text: `${name} has no key, so that signatures count for nothing`, repair }
  if (published !== own)
    return { check, state: 'problem', text: `${name} has another key than CONSENTRY_DKIM_KEY`, repair }
  if (dkim.domainName !== domain && !domain.endsWith(`.${dkim.domainName}`)) {
    const text = `mails come from ${domain} and are signed in the name of ${dkim.domainName}`
    return { check, state: 'warning', text, repair: 'Set CONSENTRY_DKIM_DOMAIN to the domain of MAIL_FROM.' }
  }
  return { check, state: 'ok', text: `${name} has the key that signs` }
}

async function lookAtDmarc(domain: string, readTxt: ReadTxt): Promise<Finding> {
  const check = 'dmarc'
  // A subdomain without a record of its own goes by that of the domain above it.
  for (let name = domain; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    const record = (await readTxt(`_dmarc.${name}`)).find((text) => /^v=DMARC1(?:;|$)/i.test(text))
    if (record === undefined) continue
    if (/;\s*p=/i.test(record)) return { check, state: 'ok', text: `_dmarc.${name}: ${record}` }
    return {
      check,
      state: 'warning',
      text: `_dmarc.${name} names no policy`,
      repair: 'Add p=none, p=quarantine or p=reject.',
    }
  }
  const repair = `Add a TXT record at _dmarc.${domain}, to begin with: v=DMARC1; p=none; rua=mailto:you@${domain}`
  return {
    check,
    state: 'warning',
    text: `${domain} does not say what happens to mail in its name from elsewhere`,
    repair,
  }
}
