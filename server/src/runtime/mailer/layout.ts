/**
 * How a mail looks: what it says as plain text and as HTML, from one description. The HTML has nothing that is fetched,
 * no script and no colour that a dark mail program could not turn around.
 */
import { type Words, wordsFor } from '../../words/index.ts'
import type { MailWords } from '../../words/mail.ts'

export interface Sender {
  /** Who runs this server, as people know it. */
  readonly operator: string
  readonly issuer: string
  /** The colour of buttons, on which white can be read; as #rrggbb. */
  readonly accent?: string | undefined
  /** Where people get help: an https or mailto URL. */
  readonly support?: string | undefined
}

export interface LaidOut {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** What stands around every mail, in its language. */
interface Frame extends Sender {
  readonly language: string
  readonly words: Words['mail']['frame']
}

/** No line of what a mail says can become two, in a header or in the text, whoever chose it. */
export function layOut(language: string, said: MailWords, sender: Sender): LaidOut {
  const mail: MailWords = {
    ...said,
    subject: oneLine(said.subject),
    paragraphs: said.paragraphs.map(oneLine),
    facts: (said.facts ?? []).map(([name, value]) => [oneLine(name), oneLine(value)]),
  }
  const frame = { ...sender, language, words: wordsFor(language).mail.frame }
  return { subject: mail.subject, text: asText(mail, frame), html: asHtml(mail, frame) }
}

/** Control characters and line breaks as spaces. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}

function asText({ paragraphs, facts = [], code, link, reason }: MailWords, frame: Frame): string {
  const { operator, issuer, words, support } = frame
  const blocks = [
    ...paragraphs,
    facts.map(([name, value]) => `${name}: ${value}`).join('\n'),
    code === undefined ? '' : `${words.code}: ${code}`,
    link === undefined ? '' : `${link.text}:\n${link.href}`,
    `-- \n${reason}\n${words.sentBy(operator, issuer)}${support === undefined ? '' : `\n${words.help}: ${helpAt(support)}`}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const mono = 'font-family:ui-monospace,Menlo,Consolas,monospace'
/** Paler than the rest in every scheme: a grey of its own would be too pale in one of them. */
const quiet = 'opacity:0.7;font-size:13px;line-height:20px'
const big = `margin:0 0 24px;font-size:30px;line-height:38px;letter-spacing:6px;font-weight:600;${mono}`
const filled =
  'display:inline-block;padding:12px 20px;border-radius:8px;color:#ffffff;font-weight:600;text-decoration:none'

/** Where help is, as people read it. */
function helpAt(support: string): string {
  return support.replace(/^mailto:/, '')
}

function asHtml(mail: MailWords, frame: Frame): string {
  const { operator, issuer, language, words, accent = '#0b6e5d', support } = frame
  const { subject, paragraphs, facts = [], code, link, reason } = mail
  const body = [
    `<p style="margin:0 0 24px;font-size:15px;font-weight:600">${escaped(operator)}</p>`,
    `<h1 style="margin:0 0 16px;font-size:22px;line-height:30px;font-weight:600">${escaped(subject)}</h1>`,
    ...paragraphs.map((text) => `<p style="margin:0 0 16px">${escaped(text)}</p>`),
    facts.length === 0 ? '' : table(facts),
    code === undefined ? '' : `<p style="${quiet};margin:0 0 4px">${escaped(words.code)}</p>`,
    code === undefined ? '' : `<p style="${big}">${escaped(code)}</p>`,
    link === undefined ? '' : button(link, words.linkHint, accent),
    '<hr style="border:0;border-top:1px solid #8884;margin:32px 0 16px">',
    `<p style="${quiet};margin:0 0 8px">${escaped(reason)}</p>`,
    `<p style="${quiet};margin:0">${escaped(words.sentBy(operator, issuer))}</p>`,
    support === undefined
      ? ''
      : `<p style="${quiet};margin:8px 0 0">${escaped(words.help)}: <a href="${escaped(support)}" style="color:inherit">${escaped(helpAt(support))}</a></p>`,
  ]
  return [
    '<!doctype html>',
    `<html lang="${escaped(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escaped(subject)}</title></head>`,
    `<body style="margin:0;padding:32px 20px;${font};font-size:16px;line-height:24px">`,
    '<div style="max-width:540px;margin:0 auto;overflow-wrap:break-word">',
    ...body.filter((part) => part !== ''),
    '</div></body></html>',
    '',
  ].join('\n')
}

function table(facts: NonNullable<MailWords['facts']>): string {
  const rows = facts.map(
    ([name, value]) =>
      `<tr><td style="${quiet};padding:2px 16px 2px 0;vertical-align:top">${escaped(name)}</td><td style="padding:2px 0;min-width:9em;overflow-wrap:anywhere">${escaped(value)}</td></tr>`,
  )
  return `<table role="presentation" cellspacing="0" cellpadding="0" style="margin:0 0 16px">${rows.join('')}</table>`
}

function button({ text, href }: NonNullable<MailWords['link']>, hint: string, accent: string): string {
  const address = escaped(href)
  return [
    `<p style="margin:24px 0"><a href="${address}" style="${filled};background:${accent}">${escaped(text)}</a></p>`,
    `<p style="${quiet};margin:0 0 4px">${escaped(hint)}</p>`,
    `<p style="${quiet};margin:0;overflow-wrap:anywhere"><a href="${address}" style="color:inherit">${address}</a></p>`,
  ].join('\n')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}
