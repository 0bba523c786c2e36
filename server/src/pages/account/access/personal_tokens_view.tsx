/** Personal tokens: one for each script or program of a person's own. A new one is shown once. */
import type { Millis } from '../../../lib/clock.ts'
import type { ScopeMeaning } from '../../../protocol/scope.ts'
import { type FormProblem, sayProblem } from '../../../words/form_problem.ts'
import { AccountPage, RecentFirst } from '../../kit/account_page.tsx'
import { Button, Choices, Field, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { Section, type Viewer } from '../../kit/layout.tsx'
import { paths, personalTokenPath } from '../../kit/paths.ts'
import { scopeInWords } from '../../kit/permissions.tsx'
import { Day, Minute } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { type Made, MadeList, MadeOnce } from './made_once.tsx'

export interface PersonalTokenEntry {
  readonly id: string
  readonly name: string
  readonly scope: readonly ScopeMeaning[]
  readonly createdAt: Millis
  readonly usedAt: Millis | null
  readonly expiresAt: Millis
}

export interface PersonalTokensProps extends FormSecrets {
  readonly viewer: Viewer
  readonly tokens: readonly PersonalTokenEntry[]
  /** The one that was just made; no other page ever shows it. */
  readonly made?: Made | undefined
  /** The scopes to choose from. */
  readonly scopes: readonly ScopeMeaning[]
  /** Whether the person has signed in lately enough to make one. */
  readonly recent: boolean
  /** How many one may have. */
  readonly limit: number
  /** What was filled in, and why it was not taken. */
  readonly filled?:
    | { readonly name: string; readonly scope: readonly string[]; readonly expires: string; readonly until: string }
    | undefined
  readonly problem?: { readonly field: 'name' | 'scope' | 'expires' | 'until'; readonly it: FormProblem } | undefined
  /** Whether one was asked for without a sign-in that is recent enough. */
  readonly refused?: boolean | undefined
  readonly notice?: string | undefined
}

export const accountPersonalTokens = view((props: PersonalTokensProps) => {
  const say = useWords().personalTokens
  const { viewer, notice, made, tokens } = props
  const failed = props.problem !== undefined || props.refused === true
  return (
    <AccountPage
      title={say.title}
      heading={say.title}
      viewer={viewer}
      here="security"
      below
      failed={failed}
      notice={notice}
    >
      <MadeOnce id="personal-token" made={made} say={say} how={<Say it={say.how} />} next={paths.personalTokens} />
      <MadeList id="personal-token-list" say={say} entries={tokens.map((token) => <Entry token={token} />)} />
      <Section id="new" heading={say.add}>
        <AddForm {...props} />
      </Section>
    </AccountPage>
  )
})

function AddForm(props: PersonalTokensProps) {
  const words = useWords()
  const say = words.personalTokens
  const { limit, filled, problem } = props
  if (props.tokens.length >= limit) {
    return <p class="muted">{sayProblem(words, { key: 'personal_tokens_full', limit })}</p>
  }
  const problemOf = (field: NonNullable<typeof problem>['field']) => (problem?.field === field ? problem.it : undefined)
  return (
    <>
      {props.recent ? null : (
        <RecentFirst next={paths.personalTokens} notDone={props.refused === true ? say.notMade : undefined} />
      )}
      <Form id="personal-token-form" class="card" secrets={{ csrf: props.csrf }} action={paths.personalTokens}>
        <div class="fields">
          <Field
            id="personal-token-name"
            name="name"
            label={say.name}
            value={filled?.name}
            hint={say.nameHint}
            problem={problemOf('name')}
          />
        </div>
        <Choices
          id="personal-token-scope"
          name="scope"
          legend={say.scope}
          type="checkbox"
          problem={problemOf('scope')}
          choices={props.scopes.map((scope) => {
            const { sentence, detail } = scopeInWords(words, scope)
            const checked = filled?.scope.includes(scope.name) === true
            return { id: `personal-token-scope-${scope.name}`, value: scope.name, label: sentence, detail, checked }
          })}
        />
        <Choices
          id="personal-token-expires"
          name="expires"
          legend={say.expires}
          type="radio"
          problem={problemOf('expires')}
          choices={(['7', '30', '90', '365', 'until'] as const).map((life) => ({
            id: `personal-token-expires-${life}`,
            value: life,
            label: say.lives[life],
            detail: undefined,
            checked: life === (filled?.expires ?? '30'),
          }))}
        />
        <div class="fields until">
          <Field
            id="personal-token-until"
            name="until"
            type="date"
            label={say.until}
            value={filled?.until}
            hint={say.untilHint}
            problem={problemOf('until')}
            optional
          />
        </div>
        <Button id="personal-token-submit">{say.submit}</Button>
      </Form>
    </>
  )
}

function Entry({ token }: { token: PersonalTokenEntry }) {
  const words = useWords()
  const say = words.personalTokens
  const { id, name, createdAt, usedAt, expiresAt } = token
  return (
    <li data-personal-token={id}>
      <div>
        <strong dir="auto">{name}</strong>
        <div class="small">{token.scope.map((scope) => scopeInWords(words, scope).sentence).join(' · ')}</div>
        <div class="small muted facts">
          <span>
            <Say it={say.since} day={<Day at={createdAt} />} />
          </span>
          <span>{usedAt === null ? say.neverUsed : <Say it={say.used} day={<Day at={usedAt} />} />}</span>
          <span>
            <Say it={say.ends} moment={<Minute at={expiresAt} />} />
          </span>
        </div>
      </div>
      <LinkButton href={personalTokenPath(id)} look="danger">
        <Say it={say.end} name={<span class="unseen"> {name}</span>} />
      </LinkButton>
    </li>
  )
}
