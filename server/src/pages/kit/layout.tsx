/**
 * The frame of every page: the document, the two shapes of its body, and how it becomes text. The room has what pages
 * are made of.
 * Not here: routes, and what only one page shows. Neighbours: every room of pages is above; `style/` and `words/` below.
 * To add: what a second page needs, a component here; a path, `paths.ts`.
 */
import type { Child } from 'hono/jsx'
import type { Role } from '../../protocol/names.ts'
import type { Words } from '../../words/index.ts'
import { iconPath } from '../style/icon.ts'
import { stylesheetPath } from '../style/stylesheet.ts'
import { dark, light } from '../style/tokens.ts'
import { ShieldIcon } from './icons.tsx'
import { Note } from './note.tsx'
import { paths } from './paths.ts'
import { drawn, Say, useWords } from './words.tsx'

/** Who is signed in, as the frame shows it. */
export interface Viewer {
  readonly username: string
  /** The path of their picture. */
  readonly picture?: string | undefined
  /** Their role among those who run the server, if any. */
  readonly role?: Role | undefined
}

function Document(props: { title: string; styles?: readonly string[] | undefined; children: Child }) {
  const { kit: say, language, direction } = useWords()
  const { brand } = say
  return (
    <html lang={language} dir={direction}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" media="(prefers-color-scheme: light)" content={light.ground} />
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content={dark.ground} />
        <meta name="robots" content="noindex" />
        <title>{say.title(props.title)}</title>
        {brand?.logo === undefined ? (
          <link rel="icon" type="image/svg+xml" href={iconPath} />
        ) : (
          <link rel="icon" type="image/png" href={brand.logo} />
        )}
        {props.styles?.map((href) => (
          <link rel="stylesheet" href={href} />
        ))}
        <link rel="stylesheet" href={stylesheetPath} />
        {brand === undefined ? null : <link rel="stylesheet" href={brand.styles} />}
      </head>
      <body>{props.children}</body>
    </html>
  )
}

/** The operator's logo, or the product's. */
function Mark() {
  const { brand } = useWords().kit
  if (brand?.logo === undefined) return <ShieldIcon />
  return <img class="logo" src={brand.logo} alt="" />
}

const links = ['support', 'terms', 'privacy', 'status'] as const

/** The foot of a page: what is the page's own, and the links of the operator. Nothing where there is neither. */
function Foot({ children }: { children?: Child }) {
  const { language: here, kit } = useWords()
  const { brand, brandLinks, choices, runsOn } = kit
  const shown = links.flatMap((name) => {
    const href = brand?.[name]
    return href === undefined ? [] : [{ href, text: brandLinks[name] }]
  })
  const told = brand?.footer === true
  if (children === undefined && shown.length === 0 && choices.length === 0 && !told) return null
  return (
    <footer class="foot">
      {children}
      {shown.length === 0 ? null : (
        <ul>
          {shown.map(({ href, text }) => (
            <li>
              <a href={href} rel="noreferrer">
                {text}
              </a>
            </li>
          ))}
        </ul>
      )}
      {choices.length === 0 ? null : (
        <nav aria-label={kit.language} id="languages">
          <ul>
            {choices.map(({ language, name, href }) => (
              <li>
                {language === here ? (
                  <span lang={language} aria-current="true">
                    {name}
                  </span>
                ) : (
                  <a lang={language} hreflang={language} href={href} rel="nofollow">
                    {name}
                  </a>
                )}
              </li>
            ))}
          </ul>
        </nav>
      )}
      {told ? <p class="last">{runsOn}</p> : null}
    </footer>
  )
}

/** A part of a page under a heading of its own, which names it. */
export function Section(props: { id: string; heading: string; class?: string; children: Child }) {
  return (
    <section class={props.class} aria-labelledby={props.id}>
      <h2 id={props.id}>{props.heading}</h2>
      {props.children}
    </section>
  )
}

/** One card in the middle: a page with one thing to do. Its mark is no link, so that nobody leaves by accident. */
export function NarrowPage(props: { title: string; aside?: Child; children: Child }) {
  const say = useWords().kit
  return (
    <Document title={props.title}>
      <main class="narrow">
        <div class="brand">
          <Mark />
          {say.product}
        </div>
        {props.children}
        {props.aside === undefined ? null : <p class="aside small muted">{props.aside}</p>}
      </main>
      <Foot />
    </Document>
  )
}

interface WidePageProps {
  readonly title: string
  readonly viewer?: Viewer | undefined
  /** True for a page that knows of somebody who is signed in and not who it is. */
  readonly signedIn?: boolean
  readonly here?: 'account' | 'developer' | 'console' | 'reference'
  /** Addresses of style sheets beside the one that every page has. */
  readonly styles?: readonly string[] | undefined
  /** Lines of text are kept short. */
  readonly reading?: boolean
  /** What stands at the foot of the page. */
  readonly foot?: Child
  readonly children: Child
}

/** A page with the mark and the ways to the others at its head. */
export function WidePage(props: WidePageProps) {
  const say = useWords().kit
  const signedIn = props.viewer !== undefined || props.signedIn === true
  return (
    <Document title={props.title} styles={props.styles}>
      <a class="skip" href="#content">
        {say.skip}
      </a>
      <header class="top">
        <div>
          <a class="brand" href={paths.start}>
            <Mark />
            {say.product}
          </a>
          <nav aria-label={say.main}>
            {signedIn ? (
              <a href={paths.account} aria-current={props.here === 'account' ? 'page' : undefined}>
                {props.viewer?.picture === undefined ? null : (
                  <img class="face" src={props.viewer.picture} alt="" width="24" height="24" />
                )}
                {say.account}
              </a>
            ) : null}
            <a href={paths.developer} aria-current={props.here === 'developer' ? 'page' : undefined}>
              {say.developer}
            </a>
            {props.viewer?.role === undefined ? null : (
              <a href={paths.console} aria-current={props.here === 'console' ? 'page' : undefined}>
                {say.console}
              </a>
            )}
            {say.apiReference === undefined ? null : (
              <a class="wide" href={paths.reference} aria-current={props.here === 'reference' ? 'page' : undefined}>
                {say.apiReference}
              </a>
            )}
            <a class="push" href={signedIn ? paths.signOut : paths.signIn}>
              {signedIn ? say.signOut : say.signIn}
            </a>
          </nav>
        </div>
      </header>
      <main id="content" class={props.reading ? 'reading' : undefined}>
        {props.children}
      </main>
      <Foot>{props.foot}</Foot>
    </Document>
  )
}

/** A finished page with a note above what it shows: its form had expired. */
export function withExpired(html: string, words: Words): string {
  const { problemTitle, formExpired } = words.kit
  const note = drawn(words, () => (
    <Note kind="bad">
      <p>
        <Say it={formExpired} />
      </p>
    </Note>
  ))
  return html
    .replace(/<main[^>]*>/, (main) => `${main}${note}`)
    .replace(/(?<=<title>)[^<]*/, (title) => problemTitle(title))
}

/** One line of a list of facts (`<dl>`): what it is, and how it stands. */
export function Fact(props: { name: string; id?: string; dir?: 'auto'; children: Child }) {
  return (
    <>
      <dt>{props.name}</dt>
      <dd id={props.id} dir={props.dir}>
        {props.children}
      </dd>
    </>
  )
}
