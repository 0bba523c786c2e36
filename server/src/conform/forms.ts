/** The forms of a page, as far as a person would fill them in: no script runs. */

export interface Control {
  readonly name: string
  readonly value: string
  readonly type: string
  readonly checked: boolean
  /** What a person reads or a program holds on to: id, name, value and label. */
  readonly said: string
}

export interface Form {
  readonly action: string
  readonly method: 'get' | 'post'
  readonly inputs: readonly Control[]
  readonly buttons: readonly Control[]
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Text of HTML as it is meant. */
function plainOf(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#([0-9]+)|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name.toLowerCase()] ?? whole
    const code = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const inside = tag.replace(/^<\w+/, '').replace(/\/?>$/, '')
  for (const [, name = '', double, single, bare] of inside.matchAll(
    /([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g,
  )) {
    found.set(name.toLowerCase(), plainOf(double ?? single ?? bare ?? ''))
  }
  return found
}

function controlOf(tag: string, label: string, usual: string): Control {
  const attributes = attributesOf(tag)
  const get = (name: string) => attributes.get(name) ?? ''
  return {
    name: get('name'),
    value: attributes.get('value') ?? (get('type') === 'checkbox' ? 'on' : ''),
    type: (get('type') || usual).toLowerCase(),
    checked: attributes.has('checked'),
    said: [get('id'), get('name'), get('value'), plainOf(label.replace(/<[^>]*>/g, ' '))].join(' '),
  }
}

function buttonsOf(html: string): readonly { readonly control: Control; readonly form: string | undefined }[] {
  return [...html.matchAll(/(<button\b[^>]*>)(.*?)<\/button>/gis)].flatMap(([, tag = '', label = '']) => {
    const attributes = attributesOf(tag)
    return attributes.has('disabled')
      ? []
      : [{ control: controlOf(tag, label, 'submit'), form: attributes.get('form') }]
  })
}

/** The forms of the page at `url`, in its order. */
export function formsOf(html: string, url: string): readonly Form[] {
  const all = buttonsOf(html)
  return [...html.matchAll(/<form\b[^>]*>(.*?)<\/form>/gis)].map(([whole, body = '']) => {
    const attributes = attributesOf(/^<form\b[^>]*>/i.exec(whole)?.[0] ?? '')
    const inputs = [...body.matchAll(/<input\b[^>]*>/gi)].map(([tag]) => controlOf(tag, '', 'text'))
    // A button may stand elsewhere and name its form.
    const id = attributes.get('id')
    const elsewhere = all.filter(({ form }) => form !== undefined && form === id)
    const buttons = [...buttonsOf(body).filter(({ form }) => form === undefined), ...elsewhere].map(
      ({ control }) => control,
    )
    const pressed = (control: Control) => control.type === 'submit' || control.type === 'image'
    const action = attributes.get('action') || url
    return {
      action: URL.canParse(action, url) ? new URL(action, url).href : url,
      method: (attributes.get('method') ?? 'get').toLowerCase() === 'post' ? 'post' : 'get',
      inputs: inputs.filter((control) => !pressed(control)),
      buttons: [...buttons.filter(pressed), ...inputs.filter(pressed)],
    }
  })
}

const yes = /\b(?:allow|accept|approve|authori[sz]e|agree|continue|yes|confirm|grant|sign.?in|log.?in)\b/i
const no = /\b(?:cancel|deny|decline|refuse|reject|no|abort|back|switch|another|other|language|stay)\b/i
const out = /\b(?:sign.?out|log.?out|sign me out)\b/i

/**
 * The button of a form that goes on: one that says yes, otherwise the first that does not say no. A person who came to sign
 * out means yes by it.
 */
export function goesOn(form: Form, leaving = false): Control | undefined {
  const said = (control: Control) => control.said.replaceAll(/[_-]/g, ' ')
  const willing = form.buttons.filter((one) => !no.test(said(one)) && (leaving || !out.test(said(one))))
  return willing.find((one) => yes.test(said(one)) || (leaving && out.test(said(one)))) ?? willing[0]
}

/** The fields that a browser would send when this button is pressed. `typed` are those that a person fills in. */
export function fieldsOf(
  form: Form,
  button: Control | undefined,
  typed: Readonly<Record<string, string>> = {},
): URLSearchParams {
  const fields = new URLSearchParams()
  for (const { name, value, type, checked } of form.inputs) {
    if (name === '' || ((type === 'checkbox' || type === 'radio') && !checked)) continue
    fields.append(name, typed[name] ?? value)
  }
  if (button !== undefined && button.name !== '') fields.append(button.name, button.value)
  return fields
}
