/** What was just made and is shown this once: a token or a password, to be put away by its holder. */
import type { Child } from 'hono/jsx'
import type { Words } from '../../../words/index.ts'
import { LinkButton } from '../../kit/form.tsx'
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
