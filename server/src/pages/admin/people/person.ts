/** /admin/people/ID: one of the people, and what may be done to their account. */
import type { FastifyReply } from 'fastify'
import {
  changeRoles,
  disableUser,
  enableUser,
  endEverything,
  forgiveGuesses,
  mailResetLink,
  startFactorRemoval,
  stopFactorRemoval,
} from '../../../engine/operator/people.ts'
import { type Account, describePerson, findPerson } from '../../../engine/operator/person.ts'
import { objectionTo, type Right } from '../../../engine/operator/ranks.ts'
import { type Role, roles } from '../../../protocol/names.ts'
import type { Words } from '../../../words/index.ts'
import { further, type Guard, operating } from '../../guards.ts'
import { paths, personPath } from '../../kit/paths.ts'
import { page, type WithForm } from '../../page.ts'
import { goTo, noticeOf, operatorOf, PageProblem, partOfPath, type SignedIn, secrets, viewerOf } from '../../visit.ts'
import { confirmed } from '../confirmed.ts'
import { person } from './person_view.tsx'

const path = `${paths.consolePeople}/:id`

/** A visit about the account of somebody else, or of one's own. */
type OfPerson = SignedIn & { readonly subject: Account }

function ofPerson(guard: Guard<SignedIn>): Guard<OfPerson> {
  return further(guard, async (visit) => {
    const subject = await findPerson(visit.context, partOfPath(visit, 'id'))
    if (subject === undefined) throw new PageProblem('not_found')
    return { subject }
  })
}

/** The same for something that is done to the account by the right, of a rank that may. */
function actingOn(right: Right): Guard<OfPerson> {
  return further(ofPerson(operating(right, 'recently')), ({ by, subject }) => {
    if (objectionTo(by.account, subject, right) !== undefined) throw new PageProblem('not_allowed')
    return {}
  })
}

type Notice = keyof Words['consolePerson']['notices']

function back(visit: OfPerson, done: Notice): FastifyReply {
  return goTo(visit, `${personPath(visit.subject.id)}?done=${done}`)
}

/** What is done at once, by the field `act` of its form. */
const acts: Readonly<Record<string, (visit: OfPerson & WithForm) => Promise<Notice>>> = {
  enable: async (visit) => {
    await enableUser(visit.context, operatorOf(visit), visit.subject.id)
    return 'enabled'
  },
  forgive: async (visit) => {
    await forgiveGuesses(visit.context, operatorOf(visit), visit.subject.id)
    return 'forgiven'
  },
  reset: async (visit) => {
    const outcome = await mailResetLink(visit.context, operatorOf(visit), visit.subject.id)
    return outcome === 'disabled' || outcome === 'unknown' ? 'nothing' : outcome
  },
  keep: async (visit) =>
    (await stopFactorRemoval(visit.context, operatorOf(visit), visit.subject.id)) ? 'kept' : 'nothing',
}

const backHref = ({ subject }: OfPerson) => personPath(subject.id)

export const personPages = [
  page({
    path,
    guard: ofPerson(operating('read')),
    get: async (visit) => {
      const { context, by, subject } = visit
      const allowed = (right: Right) => objectionTo(by.account, subject, right) === undefined
      return person({
        ...secrets(visit),
        viewer: viewerOf(visit),
        account: subject,
        own: subject.id === by.account.id,
        facts: await describePerson(context, subject),
        mailed: context.mailer.way !== 'none' && subject.email !== null && subject.emailVerified,
        may: {
          people: allowed('people'),
          endSessions: allowed('end_sessions'),
          clearCounters: allowed('clear_counters'),
          removeFactor: allowed('remove_factor'),
          roles: allowed('roles'),
        },
        notice: noticeOf(visit, visit.words.consolePerson.notices),
      })
    },
    post: async (visit) => {
      const act = visit.form.get('act') ?? ''
      const done = Object.hasOwn(acts, act) ? acts[act] : undefined
      if (done === undefined) throw new PageProblem('request_unclear')
      return back(visit, await done(visit))
    },
  }),

  confirmed({
    path: `${path}/disable`,
    guard: actingOn('people'),
    backHref,
    ask: ({ words, subject }) => ({
      ...words.consolePerson.questions.disable,
      name: subject.username,
      action: personPath(subject.id, 'disable'),
    }),
    act: async (visit) => {
      await disableUser(visit.context, operatorOf(visit), visit.subject.id)
      return back(visit, 'disabled')
    },
  }),

  confirmed({
    path: `${path}/end`,
    guard: actingOn('end_sessions'),
    backHref,
    ask: ({ words, subject }) => ({
      ...words.consolePerson.questions.end,
      name: subject.username,
      action: personPath(subject.id, 'end'),
    }),
    act: async (visit) => {
      await endEverything(visit.context, operatorOf(visit), visit.subject.id)
      return back(visit, 'ended')
    },
  }),

  confirmed({
    path: `${path}/factor`,
    guard: actingOn('remove_factor'),
    backHref,
    ask: ({ words, subject }) => ({
      ...words.consolePerson.questions.factor,
      name: subject.username,
      action: personPath(subject.id, 'factor'),
    }),
    act: async (visit) => {
      const outcome = await startFactorRemoval(visit.context, operatorOf(visit), visit.subject.id)
      return back(
        visit,
        outcome === 'started' || outcome === 'no_mail' || outcome === 'no_address' ? outcome : 'nothing',
      )
    },
  }),

  confirmed<OfPerson>({
    path: `${path}/roles`,
    guard: actingOn('roles'),
    backHref,
    ask: (visit) => {
      const role = readRole(visit)
      if (role === undefined) return undefined
      const { title, ...question } = visit.words.consolePerson.questions.roles
      return {
        ...question,
        heading: title(role),
        name: visit.subject.username,
        action: personPath(visit.subject.id, 'roles'),
        fields: { role },
      }
    },
    act: async (visit) => {
      const role = readRole(visit)
      if (role === undefined) throw new PageProblem('request_unclear')
      const given = role === 'none' ? [] : [role]
      const outcome = await changeRoles(visit.context, operatorOf(visit), visit.subject.id, given)
      return back(visit, outcome === 'changed' ? 'roles_changed' : outcome === 'last_owner' ? outcome : 'nothing')
    },
  }),
]

/** The role that a form gives; undefined where it says none of those that there are. */
function readRole(visit: SignedIn & Partial<WithForm>): Role | 'none' | undefined {
  const given = visit.form?.get('role')
  return ([...roles, 'none'] as const).find((one) => one === given)
}
