/** What an app may do, in lines that people read: a sign, a sentence, and a line that says more. */
import type { Child } from 'hono/jsx'
import { claimPermitted } from '../../protocol/openid/claims.ts'
import { isAdminScope, isBuiltInScope, type ScopeKind, type ScopeMeaning, type Texts } from '../../protocol/scope.ts'
import type { Words } from '../../words/index.ts'
import { ChartIcon, ClockIcon, KeyIcon, MailIcon, PencilIcon, PersonIcon } from './icons.tsx'
import { Tag } from './note.tsx'
import { useWords } from './words.tsx'

/** The lines of one kind, under what they have in common. */
export function PermissionGroup(props: { kind: ScopeKind; title: string; children: Child }) {
  const id = `it-may-${props.kind}`
  return (
    <section class={props.kind === 'change' ? 'part writes' : 'part'} aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      <ul class="scopes">{props.children}</ul>
    </section>
  )
}

function ourWords(scopes: Words['scopes'], name: string) {
  const claim = claimPermitted(name)
  if (claim !== undefined) return { sentence: scopes.claims[claim], detail: '' }
  if (isBuiltInScope(name)) return scopes.builtIn[name]
  return isAdminScope(name) ? scopes.admin[name] : scopes.other(name)
}

/** A scope in words: those of the operator, where there are some, else our own. */
export function scopeInWords({ scopes, language }: Words, { name, title, detail }: ScopeMeaning) {
  // Where a text is not in the language of the page, English or its first language is better than none.
  const said = (texts: Texts) => texts[language] ?? texts.en ?? Object.values(texts)[0] ?? ''
  const own = ourWords(scopes, name)
  const others = title === undefined ? own : { sentence: said(title), detail: '' }
  return detail === undefined ? others : { ...others, detail: said(detail) }
}

interface MeaningProps {
  readonly scope: ScopeMeaning
  /** Whether the person has not allowed it before. */
  readonly fresh?: boolean
  /** What is to be said besides. */
  readonly more?: string
}

/** The line of one permission that nobody can leave out. */
export function Permission(props: MeaningProps) {
  return (
    <li data-scope={props.scope.name}>
      <div class="line">
        <ScopeIcon {...props.scope} />
        <Meaning {...props} />
      </div>
    </li>
  )
}

export function Meaning({ scope, fresh, more = '' }: MeaningProps) {
  const words = useWords()
  const { sentence, detail } = scopeInWords(words, scope)
  return (
    <>
      <span>
        <span class="what">{sentence}</span>
        {detail + more === '' ? null : <span class="detail">{detail + more}</span>}
      </span>
      {fresh ? (
        <span class="fresh">
          <Tag>{words.kit.fresh}</Tag>
        </span>
      ) : null}
    </>
  )
}

function ScopeIcon({ name, kind }: ScopeMeaning) {
  const claim = claimPermitted(name)
  if (name === 'email' || claim === 'email') return <MailIcon />
  if (claim !== undefined) return <PersonIcon />
  if (['openid', 'profile', 'phone', 'address', 'basic'].includes(name)) return <PersonIcon />
  if (kind === 'stay') return <ClockIcon />
  if (kind === 'change') return <PencilIcon />
  if (/read/i.test(name)) return <ChartIcon />
  return <KeyIcon />
}
