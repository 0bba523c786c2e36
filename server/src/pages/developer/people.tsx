/** People by their usernames, who test or share something: a list from which each can be taken, and asking one more. */
import type { Child } from 'hono/jsx'
import type { Offer, TeamFacts } from '../../engine/developer/sharing.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { Button, Field, Form } from '../kit/form.tsx'
import { Section } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import type { ShareAct } from '../kit/paths.ts'
import { Say, useWords } from '../kit/words.tsx'

interface PeopleProps {
  readonly id: string
  readonly csrf: string
  /** Where the form goes that takes somebody from the list, and by which of its fields it says whom. */
  readonly action: string
  readonly field: 'username' | 'person'
  readonly people: readonly {
    readonly username: string
    /** What the form says of them; left out, the username. */
    readonly value?: string
    readonly state?: Child
    /** What the button says. */
    readonly act: Child
  }[]
}

export function People({ id, csrf, action, field, people }: PeopleProps) {
  if (people.length === 0) return null
  return (
    <ul class="card entries" id={id}>
      {people.map(({ username, value, state, act }) => (
        <li>
          <span>
            <bdi class="strong">{username}</bdi> {state}
          </span>
          <Form secrets={{ csrf }} action={action}>
            <input type="hidden" name={field} value={value ?? username} />
            <Button look="plain">{act}</Button>
          </Form>
        </li>
      ))}
    </ul>
  )
}

export interface InviteProps {
  /** Stem of the ids of the form, its field and its button. */
  readonly id: string
  readonly csrf: string
  readonly action: string
  readonly say: { readonly username: string; readonly usernameHint: string }
  readonly submit: string
  /** What was filled in for a username that could not be invited, and why. */
  readonly again?: { readonly username: string; readonly problem: FormProblem } | undefined
}

export function Invite({ id, csrf, action, say, submit, again }: InviteProps) {
  return (
    <Form id={`${id}-form`} class="card form-card" secrets={{ csrf }} action={action}>
      <Field
        id={`${id}-username`}
        name="username"
        label={say.username}
        value={again?.username}
        problem={again?.problem}
        hint={say.usernameHint}
      />
      <Button id={`${id}-submit`}>{submit}</Button>
    </Form>
  )
}

interface SharingProps extends Pick<TeamFacts, 'collaborators' | 'invited' | 'full'> {
  /** Stem of the id of the list of who is invited. */
  readonly id: string
  readonly csrf: string
  /** The path of the page of what is shared. */
  readonly page: string
  /** Above the form that asks one more person; left out, there is none. */
  readonly heading?: string
  /** Who was filled in that could not be invited, and why. */
  readonly add?: InviteProps['again']
}

/** Who shares something with its owner and who is asked to, each to be taken out again, and asking one more. */
export function Sharing({ id, csrf, page, heading, collaborators, invited, full, add }: SharingProps) {
  const say = useWords().sharing
  const at = (act: ShareAct) => `${page}/${act}`
  const ask = (
    <Invite id="collaborator" csrf={csrf} action={at('collaborators')} say={say} submit={say.invite} again={add} />
  )
  return (
    <>
      <People
        id="collaborators"
        csrf={csrf}
        action={at('collaborators/remove')}
        field="person"
        people={collaborators.map(({ id, username }) => ({
          username,
          value: id,
          act: <Say it={say.remove} username={<span class="unseen"> {username}</span>} />,
        }))}
      />
      <People
        id={`${id}-invited`}
        csrf={csrf}
        action={at('invitations/remove')}
        field="username"
        people={invited.map((username) => ({
          username,
          state: <Tag>{say.invited}</Tag>,
          act: <Say it={say.takeBack} whose={<span class="unseen">{say.invitationOf(username)}</span>} />,
        }))}
      />
      {full ? null : heading === undefined ? (
        ask
      ) : (
        <Section id="invite-collaborator" heading={heading}>
          {ask}
        </Section>
      )}
    </>
  )
}

interface OffersProps {
  /** Stem of the ids of the section and its list. */
  readonly id: string
  readonly csrf: string
  readonly offers: readonly Offer[]
  readonly nameOf: (offer: Offer) => string
  readonly pageOf: (handle: string) => string
}

/** What one is asked to share, each with the two answers. */
export function Offers({ id, csrf, offers, nameOf, pageOf }: OffersProps) {
  const say = useWords().sharing
  if (offers.length === 0) return null
  return (
    <Section id={`${id}-offers-heading`} heading={say.invitations}>
      <p class="muted">{say.invitationsText}</p>
      <ul class="card entries" id={`${id}-offers`}>
        {offers.map((offer) => (
          <li data-offer={offer.handle}>
            <div>
              <strong dir="auto">{nameOf(offer)}</strong>
              {offer.sharedBy === undefined ? null : (
                <div class="small muted">
                  <Say it={say.by} name={<bdi>{offer.sharedBy}</bdi>} />
                </div>
              )}
            </div>
            <Form class="row" secrets={{ csrf }} action={`${pageOf(offer.handle)}/${'answer' satisfies ShareAct}`}>
              <Button name="answer" value="accepted">
                <Say it={say.accept} name={<span class="unseen"> {nameOf(offer)}</span>} />
              </Button>
              <Button name="answer" value="declined" look="plain">
                <Say it={say.decline} name={<span class="unseen"> {nameOf(offer)}</span>} />
              </Button>
            </Form>
          </li>
        ))}
      </ul>
    </Section>
  )
}
