/** How an app is shown: a tile with its initials, its name, and a line about it. No image comes from elsewhere. */
import type { Child } from 'hono/jsx'
import { Tag } from './note.tsx'
import { Say, useWords } from './words.tsx'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The first letters of the first two words; a dot where the name has no letter. */
export function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? []
  const letters = words.slice(0, 2).map((word) => firstGrapheme(word).toLocaleUpperCase('en'))
  return letters.length === 0 ? '·' : letters.join('')
}

function firstGrapheme(word: string): string {
  for (const { segment } of graphemes.segment(word)) return segment
  return ''
}

interface AppCardProps {
  readonly name: string
  /** The name as it is to be shown, where it is more than text. */
  readonly title: Child
  /** The line below. */
  readonly children?: Child
  /** A form that acts on the app. */
  readonly act?: Child
}

export function AppCard(props: AppCardProps) {
  return (
    <div class={props.act === undefined ? 'app' : 'app acting'}>
      <div class="tile" aria-hidden="true">
        {initials(props.name)}
      </div>
      <div class="name">
        {props.title}
        {props.children}
      </div>
      {props.act}
    </div>
  )
}

/** The app that a person is on the way to. */
export function OnwardTo(props: { name: string | undefined }) {
  const say = useWords().kit
  if (props.name === undefined) return null
  return (
    <div class="chip">
      <span class="tile" aria-hidden="true">
        {initials(props.name)}
      </span>
      <span class="who">
        <Say it={say.toContinueTo} name={<strong dir="auto">{props.name}</strong>} />
      </span>
    </div>
  )
}

/** The state of an app, in one word wherever it is shown. */
export function AppStatus({ status }: { status: 'pending' | 'enabled' | 'disabled' }) {
  const kind = { pending: 'warn', disabled: 'bad', enabled: 'good' } as const
  return <Tag kind={kind[status]}>{useWords().kit.states[status]}</Tag>
}
