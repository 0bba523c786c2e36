/** What a person has made to let something in, a token or a password: the one that is shown this once, and the list. */
import type { Child } from 'hono/jsx'
import type { Words } from '../../../words/index.ts'
import { LinkButton } from '../../kit/form.tsx'
import { KeyIcon } from '../../kit/icons.tsx'
import { Note } from '../../kit/note.tsx'
import { Say } from '../../kit/words.tsx'

export interface Made {
  readonly text: string
  readonly name: string
}

export function MadeOnce(props: {
  readonly id: string
  /** Undefined where nothing was made. */
  readonly made: Made | undefined
  readonly say: Pick<Words['personalTokens'], 'newOne' | 'once' | 'made' | 'saved'>
  /** How it is used. */
  readonly how: Child
  /** Where its holder goes on once it is put away. */
  readonly next: string
}) {
  const { id, made, say, how, next } = props
  if (made === undefined) return null
  return (
    <section class="card" aria-label={say.newOne}>
      <Note kind="warning">
        <p>
          <Say it={say.once} />
        </p>
      </Note>
      <h2>
        <Say it={say.made} name={<bdi>{made.name}</bdi>} />
      </h2>
      <code class="code" id={id}>
        {made.text}
      </code>
      <p class="muted">{how}</p>
      <div class="row">
        <LinkButton href={next}>{say.saved}</LinkButton>
      </div>
    </section>
  )
}

/** All that there are of a kind, or that there is none. */
export function MadeList(props: {
  readonly id: string
  readonly say: Pick<Words['personalTokens'], 'what' | 'lead' | 'none'>
  readonly entries: readonly Child[]
}) {
  const { id, say, entries } = props
  return (
    <section aria-label={say.what}>
      <p class="muted">{say.lead}</p>
      {entries.length === 0 ? (
        <div class="card empty">
          <KeyIcon />
          <p class="muted">{say.none}</p>
        </div>
      ) : (
        <ul class="card entries" id={id}>
          {entries}
        </ul>
      )}
    </section>
  )
}
