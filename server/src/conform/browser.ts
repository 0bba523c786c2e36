/** A browser as far as HTTP goes: it keeps cookies, follows redirects, signs in and agrees, until it is sent to the client. */
import { type Control, type Form, fieldsOf, formsOf, goesOn } from './forms.ts'
import type { Answer, Http } from './http.ts'

/** How a person gets in at the server under test. */
export interface Person {
  readonly username?: string
  readonly password?: string
  /** The cookies of a browser in which somebody is signed in, as a Cookie header has them. */
  readonly cookie?: string
  /** Whether they have come to sign out. */
  readonly leaving?: boolean
}

/** Where an authorization request ended. */
export interface Arrival {
  /** What the client was told; undefined where the browser was not sent to it. */
  readonly back: URLSearchParams | undefined
  /** The last page or redirect. */
  readonly answer: Answer
  /** Every answer on the way. */
  readonly way: readonly Answer[]
  /** Whether the password was sent and a page for it was shown again. */
  readonly refusedPassword: boolean
}

/** More steps than a sign-in has. */
const most = 25

export interface Browser {
  /** Opens an address and goes on as a person would, as long as `person` is given. */
  open(url: string, redirectUri: string, person?: Person): Promise<Arrival>
  /** Sends a form to an address, and goes on from there. */
  post(url: string, form: URLSearchParams, redirectUri: string, person?: Person): Promise<Arrival>
}

export function createBrowser(http: Http): Browser {
  const jar = new Map<string, string>()

  async function load(url: string, form: URLSearchParams | undefined, from: string | undefined): Promise<Answer> {
    const { host, origin } = new URL(url)
    const cookies = [...jar].filter(([key]) => key.startsWith(`${host} `))
    const answer = await http.ask(url, {
      ...(form === undefined ? {} : { form }),
      headers: {
        accept: 'text/html,application/xhtml+xml',
        ...(cookies.length === 0
          ? {}
          : { cookie: cookies.map(([key, value]) => `${key.slice(host.length + 1)}=${value}`).join('; ') }),
        ...(form === undefined || from === undefined
          ? {}
          : {
              origin: new URL(from).origin,
              'sec-fetch-site': new URL(from).origin === origin ? 'same-origin' : 'cross-site',
            }),
      },
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^\s*([^=;]*)=([^;]*)/.exec(cookie) ?? []
      const ended =
        value === '' || /;\s*max-age=(?:0|-)/i.test(cookie) || /;\s*expires=[^;]*\b19[0-9]{2}\b/i.test(cookie)
      if (ended) jar.delete(`${host} ${name}`)
      else jar.set(`${host} ${name}`, value)
    }
    return answer
  }

  async function go(first: Step, redirectUri: string, person: Person | undefined): Promise<Arrival> {
    const way: Answer[] = []
    let step = first
    let tried = false
    for (;;) {
      const answer = await load(step.url, step.form, step.from)
      way.push(answer)
      const ends = { answer, way, refusedPassword: false }
      const location = answer.headers.get('location')
      if (answer.status >= 300 && answer.status < 400 && location !== null) {
        const to = URL.canParse(location, step.url) ? new URL(location, step.url).href : undefined
        if (to === undefined || way.length >= most) return { ...ends, back: undefined }
        if (isAt(to, redirectUri)) return { ...ends, back: parametersOf(to) }
        step = { url: to, form: keepsBody(answer.status) ? step.form : undefined, from: undefined }
        continue
      }
      const forms = formsOf(answer.text, step.url)
      const posted = forms.find(({ action }) => isAt(action, redirectUri))
      if (posted !== undefined) return { ...ends, back: fieldsOf(posted, undefined) }
      const asksPassword = forms.some(hasPassword)
      if (person === undefined || way.length >= most || answer.status >= 400) {
        return { ...ends, back: undefined, refusedPassword: tried && asksPassword }
      }
      if (asksPassword && tried) return { ...ends, back: undefined, refusedPassword: true }
      const filled = asksPassword ? signIn(forms, person) : agree(forms, person.leaving)
      if (filled === undefined) return { ...ends, back: undefined }
      tried ||= asksPassword
      step = { ...filled, from: step.url }
    }
  }

  function bring(url: string, person: Person | undefined): void {
    const host = new URL(url).host
    for (const pair of person?.cookie?.split(/;\s*/) ?? []) {
      const [, name = '', value = ''] = /^\s*([^=]*)=(.*)$/s.exec(pair) ?? []
      if (name !== '' && !jar.has(`${host} ${name}`)) jar.set(`${host} ${name}`, value)
    }
  }

  return {
    open(url, redirectUri, person) {
      bring(url, person)
      return go({ url, form: undefined, from: undefined }, redirectUri, person)
    },
    post(url, form, redirectUri, person) {
      bring(url, person)
      return go({ url, form, from: url }, redirectUri, person)
    },
  }
}

interface Step {
  readonly url: string
  readonly form: URLSearchParams | undefined
  /** The page that the form stands on. */
  readonly from: string | undefined
}

function keepsBody(status: number): boolean {
  return status === 307 || status === 308
}

/** Whether an address is the redirect URI with something behind it. */
export function isAt(url: string, redirectUri: string): boolean {
  return url === redirectUri || ['?', '#', '&'].some((mark) => url.startsWith(redirectUri + mark))
}

/** What a client is told in the query or the fragment. */
export function parametersOf(url: string): URLSearchParams {
  const { search, hash } = new URL(url)
  const all = new URLSearchParams(search)
  for (const [name, value] of new URLSearchParams(hash.slice(1))) all.append(name, value)
  return all
}

function hasPassword({ inputs }: Form): boolean {
  return inputs.some(({ type }) => type === 'password')
}

function signIn(forms: readonly Form[], person: Person): Omit<Step, 'from'> | undefined {
  const form = forms.find(hasPassword)
  if (form === undefined || person.username === undefined || person.password === undefined) return undefined
  const name = form.inputs.find(({ type }) => type === 'text' || type === 'email')?.name ?? ''
  const password = form.inputs.find(({ type }) => type === 'password')?.name ?? ''
  return press(form, goesOn(form), { [name]: person.username, [password]: person.password })
}

/** Presses what says yes on a page that asks whether the client may, or whether to sign out. */
function agree(forms: readonly Form[], leaving?: boolean): Omit<Step, 'from'> | undefined {
  for (const form of forms) {
    const button = form.method === 'post' ? goesOn(form, leaving) : undefined
    if (button !== undefined) return press(form, button)
  }
  return undefined
}

function press(
  form: Form,
  button: Control | undefined,
  typed?: Readonly<Record<string, string>>,
): Omit<Step, 'from'> | undefined {
  const fields = fieldsOf(form, button, typed)
  if (form.method === 'post') return { url: form.action, form: fields }
  const url = new URL(form.action)
  url.search = fields.toString()
  return { url: url.href, form: undefined }
}
