/** What an app may do, in lines that people read: a sign, a sentence, and a line that says more. */
import type { Child } from 'hono/jsx'
import type { ScopeKind, ScopeMeaning } from '../../protocol/scope.ts'
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

/** The line of one permission that nobody can leave out. */
export function Permission(props: { scope: ScopeMeaning; fresh?: boolean }) {
  return (
    <li data-scope={props.scope.name}>
      <div class="line">
        <ScopeIcon {...props.scope} />
        <Meaning scope={props.scope} fresh={props.fresh === true} />
      </div>
    </li>
  )
}

export function Meaning({ scope, fresh }: { scope: ScopeMeaning; fresh: boolean }) {
  const say = useWords().kit
  return (
    <>
      <span>
        <span class="what">{scope.sentence}</span>
        {scope.detail === '' ? null : <span class="detail">{scope.detail}</span>}
      </span>
      {fresh ? (
        <span class="fresh">
          <Tag>{say.fresh}</Tag>
        </span>
      ) : null}
    </>
  )
}

function ScopeIcon({ name, kind }: ScopeMeaning) {
  if (name === 'email') return <MailIcon />
  if (['openid', 'profile', 'phone', 'address', 'basic'].includes(name)) return <PersonIcon />
  if (kind === 'stay') return <ClockIcon />
  if (kind === 'change') return <PencilIcon />
  if (/read/i.test(name)) return <ChartIcon />
  return <KeyIcon />
}
