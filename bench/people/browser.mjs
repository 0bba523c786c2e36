/** A browser as far as forms go: it keeps cookies and says where it comes from. */

/** A browser at the server `issuer`; `headers` go with each request. */
export function openBrowser(issuer, headers = {}) {
  const cookies = new Map()

  async function send(path, options) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(`${issuer}${path}`, {
      redirect: 'manual',
      ...options,
      headers: { accept: 'text/html', ...headers, ...(cookie && { cookie }), ...options.headers },
    })
    for (const header of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]*)=([^;]*)/.exec(header) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  const fromHere = { origin: issuer, 'sec-fetch-site': 'same-origin' }
  return {
    /** The answer to a GET, and its text where it is read. */
    get: (path) => send(path, {}),
    async page(path) {
      const response = await send(path, {})
      return { status: response.status, text: await response.text() }
    },
    /** Sends a form: an object of fields, or a FormData with files. */
    async post(path, form) {
      const body = form instanceof FormData ? form : new URLSearchParams(form)
      const response = await send(path, { method: 'POST', body, headers: fromHere })
      return { status: response.status, location: response.headers.get('location'), text: await response.text() }
    },
  }
}

/** The hidden fields of the forms on a page. */
export function hiddenFields(text) {
  const inputs = [...text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => input)
  return Object.fromEntries(
    inputs.map((input) => [/name="([^"]*)"/.exec(input)?.[1], /value="([^"]*)"/.exec(input)?.[1] ?? '']),
  )
}
