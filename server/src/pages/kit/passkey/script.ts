/**
 * The one script of the pages: it asks the browser for a passkey and sends the answer with the form that stands beside
 * it. All that it says is already on the page. Put together when it is first asked for.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { sha256 } from '../../../lib/hash.ts'

/** Runs at the end of the page, after the package's own script. */
const ours = `
for (const box of document.querySelectorAll('[data-ceremony]')) {
  const { startAuthentication, startRegistration, browserSupportsWebAuthn, browserSupportsWebAuthnAutofill } =
    SimpleWebAuthnBrowser
  if (!browserSupportsWebAuthn()) continue
  const form = box.querySelector('form')
  const optionsJSON = JSON.parse(box.dataset.options)
  const adds = box.dataset.ceremony === 'add'
  const ask = (useBrowserAutofill) =>
    adds ? startRegistration({ optionsJSON }) : startAuthentication({ optionsJSON, useBrowserAutofill })
  const send = (credential) => {
    form.elements.credential.value = JSON.stringify(credential)
    form.submit()
  }
  const tell = (error) => {
    const failures = [...box.querySelectorAll('[data-failure]')]
    for (const one of failures) one.hidden = true
    const said = failures.find((one) => one.dataset.failure === error?.name) ?? failures[0]
    if (said !== undefined) said.hidden = false
    return said
  }
  box.hidden = false
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    ask(false).then(send, (error) => {
      console.info('passkey: ' + error)
      tell(error)
    })
  })
  if ('autofill' in box.dataset) {
    browserSupportsWebAuthnAutofill().then((can) => {
      // Given up where the button is pressed, and where the page is left.
      if (can) ask(true).then(send, (error) => console.info('passkey: ' + error))
    })
  }
}
`

interface Script {
  readonly text: string
  readonly hash: string
}

let made: Script | undefined

function script(): Script {
  made ??= make()
  return made
}

function make(): Script {
  const entry = createRequire(import.meta.url).resolve('@simplewebauthn/browser')
  const theirs = readFileSync(join(dirname(entry), '..', 'dist', 'bundle', 'index.umd.min.js'), 'utf8')
  const text = `${theirs.trim()}\n;(() => {${ours}})()\n`
  return { text, hash: sha256(text).toString('hex').slice(0, 16) }
}

export const passkeyScriptPath = '/assets/passkeys.js'

/** Its address, which changes with its content, so that browsers may keep it for ever. */
export function passkeyScriptHref(): string {
  return `${passkeyScriptPath}?v=${script().hash}`
}

/** Its text, and whether `v` names just that. */
export function passkeyScript(v: string | null): { readonly text: string; readonly lasting: boolean } {
  return { text: script().text, lasting: v === script().hash }
}
