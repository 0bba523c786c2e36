/** Pages for what went wrong outside OAuth: what it was, and what to do next. */
import type { Words } from '../../words/index.ts'
import { LinkButton } from '../kit/form.tsx'
import { WarningIcon } from '../kit/icons.tsx'
import { NarrowPage, WidePage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { useWords, view } from '../kit/words.tsx'
import { Reference } from './oauth_error_view.tsx'

export type ProblemKind = keyof Words['problems']['kinds']

export interface ProblemProps {
  readonly kind: ProblemKind
  readonly requestId?: string | undefined
  /** Seconds, where waiting helps. */
  readonly retryAfter?: number | undefined
  /** Whether somebody is signed in; they keep the ways to the other pages. */
  readonly signedIn?: boolean | undefined
  /** Where the same can be tried once more; an empty address is that of this very page. */
  readonly againHref?: string | undefined
  /** Where to go on; the start page where it is left out. */
  readonly onwardHref?: string | undefined
}

const statuses = {
  not_found: 404,
  not_allowed: 403,
  form_refused: 403,
  form_expired: 403,
  request_unclear: 400,
  sign_up_closed: 403,
  registration_closed: 403,
  set_up_link_spent: 410,
  mailed_link_over: 410,
  too_many: 429,
  fault: 500,
  unavailable: 503,
} as const satisfies Record<ProblemKind, number>

/** The HTTP status that goes with a problem. */
export function problemStatus(kind: ProblemKind): number {
  return statuses[kind]
}

export const problem = view((props: ProblemProps) => {
  const { kit, problems: say, time } = useWords()
  const { heading, text } = say.kinds[props.kind]
  const again = props.kind === 'unavailable' || props.kind === 'fault' ? props.againHref : undefined
  const card = (
    <section class="card">
      <div class="sign">
        <WarningIcon />
      </div>
      <h1>{heading}</h1>
      <p>
        {text}
        {props.retryAfter === undefined ? null : say.inWhile(time.waiting(props.retryAfter))}
      </p>
      <div class="row">
        {again === undefined ? null : <LinkButton href={again}>{say.tryAgain}</LinkButton>}
        <LinkButton href={props.onwardHref ?? paths.start} look="plain">
          {props.onwardHref === undefined ? kit.home : say.onward}
        </LinkButton>
      </div>
      {props.requestId === undefined ? null : (
        <div class="after">
          <Reference requestId={props.requestId} />
        </div>
      )}
    </section>
  )
  if (!props.signedIn) return <NarrowPage title={heading}>{card}</NarrowPage>
  return (
    <WidePage title={heading} signedIn reading>
      {card}
    </WidePage>
  )
})
