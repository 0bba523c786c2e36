/** People: their accounts, and what the operator does with them. */
import { z } from 'zod'
import { accountProblems } from '../../../engine/account/new_account.ts'
import { isBlocked } from '../../../engine/account/sign_up.ts'
import { type Account, findPerson, findPersonByLogin } from '../../../engine/operator/admin_api/directory.ts'
import {
  changeRoles,
  createUser,
  deleteUser,
  disableUser,
  enableUser,
  endEverything,
  forgiveGuesses,
  inviteUser,
  mailResetLink,
  startFactorRemoval,
  stopFactorRemoval,
} from '../../../engine/operator/people.ts'
import { describePerson, listPeople, type PersonFacts } from '../../../engine/operator/person.ts'
import { Problem } from '../../../http/problem_details.ts'
import { canonicalEmail, canonicalUsername, emailProblem } from '../../../protocol/account_names.ts'
import { isUserId, roles, type UserId } from '../../../protocol/names.ts'
import { en } from '../../../words/en/index.ts'
import { type FormProblem, sayProblem } from '../../../words/form_problem.ts'
import { byId, type Operation, operation, type Thing, text } from '../operation.ts'
import { keysOf, notOfThisList, pageBehind, pageOf, pageQuery } from '../pages.ts'
import { moment, momentOf, momentOrNull } from '../shapes.ts'

type Session = PersonFacts['sessions'][number]
type Connected = PersonFacts['apps'][number]

const person = z.object({
  id: z.string().meta({ examples: ['usr_2T9hWk4mQx'] }),
  username: z.string(),
  email: z.string().nullable(),
  email_verified: z.boolean(),
  roles: z.array(z.enum(roles)),
  enabled: z.boolean(),
  closing_at: moment.nullable().meta({ description: 'When its holder closed it; null where they have not.' }),
  second_factor: z.boolean(),
  created_at: moment,
  updated_at: moment,
})

function shown(account: Account): z.output<typeof person> {
  return {
    id: account.id,
    username: account.username,
    email: account.email,
    email_verified: account.emailVerified,
    roles: [...account.roles],
    enabled: account.enabled,
    closing_at: momentOrNull(account.closingAt),
    second_factor: account.secondFactor,
    created_at: momentOf(account.createdAt),
    updated_at: momentOf(account.updatedAt),
  }
}

const aPerson: Thing<z.output<typeof byId>> = {
  kind: 'account',
  key: ({ id }) => id,
  read: async ({ context }, id) => {
    const account = await findPerson(context, id)
    return account && shown(account)
  },
}

const session = z.object({
  since: moment,
  last_seen_at: moment,
  user_agent: z.string().nullable(),
})

const connection = z.object({
  client_id: z.string(),
  name: z.string(),
  scope: z.array(z.string()),
  since: moment,
  last_used_at: moment.nullable(),
})

const access = z.object({
  sessions: z.array(session),
  apps: z.array(connection),
  more_apps: z.boolean().meta({ description: 'Whether there are more apps than are listed.' }),
  second_factor: z.object({
    authenticator: z.boolean(),
    passkeys: z.int().meta({ description: 'How many there are.' }),
    removal_at: moment.nullable().meta({ description: 'When it goes; null where no removal waits.' }),
  }),
  own_apps: z.array(z.object({ client_id: z.string(), name: z.string() })),
})

function shownSession({ createdAt, lastSeenAt, userAgent }: Session): z.output<typeof session> {
  return { since: momentOf(createdAt), last_seen_at: momentOf(lastSeenAt), user_agent: userAgent }
}

function shownConnection({ clientId, name, scope, since, lastUsed }: Connected): z.output<typeof connection> {
  return { client_id: clientId, name, scope: [...scope], since: momentOf(since), last_used_at: momentOrNull(lastUsed) }
}

const newPerson = z.strictObject({
  username: text.max(200),
  email: text.max(320).optional(),
  password: text.max(1024).optional().meta({ description: 'Left out, the person sets one by a reset link.' }),
})

export const peopleOperations: readonly Operation[] = [
  operation({
    id: 'listPeople',
    method: 'GET',
    path: '/people',
    tag: 'people',
    summary: 'List people, or find them by how a username, an address or an ID begins',
    right: 'read',
    query: z.strictObject({
      ...pageQuery,
      q: text.max(320).optional().meta({ description: 'How a username, an e-mail address or an ID begins.' }),
      status: z.enum(['enabled', 'disabled', 'closed']).optional(),
      role: z.enum([...roles, 'any']).optional(),
    }),
    answer: pageOf(person),
    async run({ context, query: { limit, cursor, q: beginning, status, role } }) {
      const [after] = keysOf(cursor, z.tuple([z.string().max(1000)])) ?? []
      const page = await listPeople(context, { beginning, status, role }, { limit, after })
      if (page === undefined) throw notOfThisList()
      return pageBehind(page.items.map(shown), page.next)
    },
  }),
  operation({
    id: 'createPerson',
    method: 'POST',
    path: '/people',
    tag: 'people',
    summary: 'Open an account',
    right: 'people',
    status: 201,
    body: newPerson,
    answer: person,
    thing: { ...aPerson, key: () => '' },
    problems: ['conflict'],
    examples: { body: { username: 'maya', email: 'maya@example.com' } },
    async run({ context, by, body }) {
      const email = body.email === undefined ? null : canonicalEmail(body.email)
      const wanted = { username: canonicalUsername(body.username), email, password: body.password }
      refuseProblems(await accountProblems(context, wanted, 'operator'))
      const made = await createUser(context, by, wanted)
      if (made === 'username_taken') throw new Problem('conflict', 'The username is taken.')
      if (made === 'email_taken') throw new Problem('conflict', 'Another account has this e-mail address.')
      return { location: `/people/${made.id}` }
    },
  }),
  operation({
    id: 'invitePerson',
    method: 'POST',
    path: '/invitations',
    tag: 'people',
    summary: 'Mail somebody an invitation to open an account',
    right: 'people',
    status: 202,
    body: z.strictObject({ email: text.max(320) }),
    answer: z.object({ email: z.string() }),
    problems: ['conflict'],
    examples: { body: { email: 'maya@example.com' } },
    async run({ context, by, body }) {
      const email = canonicalEmail(body.email)
      refuseProblems({ email: emailProblem(email) })
      if (context.mailer.way === 'none') throw new Problem('conflict', 'This server sends no mail.')
      if (isBlocked(context, email)) throw new Problem('conflict', 'The domain of the address is blocked here.')
      if ((await findPersonByLogin(context, email)) !== undefined) {
        throw new Problem('conflict', 'An account has this e-mail address.')
      }
      await inviteUser(context, by, { email, print: false, issuer: context.settings.issuer })
      return { body: { email } }
    },
  }),
  operation({
    id: 'getPerson',
    method: 'GET',
    path: '/people/{id}',
    tag: 'people',
    summary: 'Read one person',
    right: 'read',
    params: byId,
    answer: person,
    thing: aPerson,
  }),
  operation({
    id: 'listPersonAccess',
    method: 'GET',
    path: '/people/{id}/access',
    tag: 'people',
    summary:
      'List where somebody is signed in, with which second factor, and the apps that may act for them or are theirs',
    right: 'read',
    params: byId,
    answer: access,
    async run({ context, params }) {
      const account = await findPerson(context, params.id)
      if (account === undefined) throw new Problem('not_found')
      const facts = await describePerson(context, account)
      const body: z.output<typeof access> = {
        sessions: facts.sessions.map(shownSession),
        apps: facts.apps.map(shownConnection),
        more_apps: facts.moreApps,
        second_factor: {
          authenticator: facts.totp,
          passkeys: facts.passkeys,
          removal_at: momentOrNull(facts.removalAt),
        },
        own_apps: facts.ownApps.map(({ clientId, name }) => ({ client_id: clientId, name })),
      }
      return { body }
    },
  }),
  operation({
    id: 'changePerson',
    method: 'PATCH',
    path: '/people/{id}',
    tag: 'people',
    summary: 'Switch an account on or off, or give it other roles',
    description:
      'Switching it off ends its sessions and all that apps hold of it, for good. Roles are for owners to give.',
    right: 'people',
    params: byId,
    body: z.union([z.strictObject({ enabled: z.boolean() }), z.strictObject({ roles: z.array(z.enum(roles)).max(3) })]),
    answer: person,
    thing: aPerson,
    examples: { body: { enabled: false } },
    problems: ['conflict'],
    async run({ context, by, params, body }) {
      const id = userOf(params.id)
      if ('enabled' in body) await (body.enabled ? enableUser : disableUser)(context, by, id)
      else if ((await changeRoles(context, by, id, body.roles)) === 'last_owner') {
        throw new Problem('conflict', 'It is the last owner of this server.')
      }
      return undefined
    },
  }),
  operation({
    id: 'endPersonAccess',
    method: 'POST',
    path: '/people/{id}/end-access',
    tag: 'people',
    summary: 'Sign somebody out everywhere, and end what apps hold of them',
    right: 'end_sessions',
    params: byId,
    answer: person,
    thing: aPerson,
    async run({ context, by, params }) {
      if (!(await endEverything(context, by, userOf(params.id)))) throw new Problem('not_found')
      return undefined
    },
  }),
  operation({
    id: 'mailResetLink',
    method: 'POST',
    path: '/people/{id}/reset-mail',
    tag: 'people',
    summary: 'Mail somebody a link with which they set a new password, to their verified address',
    right: 'people',
    status: 202,
    params: byId,
    answer: person,
    thing: aPerson,
    problems: ['conflict'],
    async run({ context, by, params }) {
      requireDone(await mailResetLink(context, by, userOf(params.id)))
      return undefined
    },
  }),
  operation({
    id: 'startFactorRemoval',
    method: 'POST',
    path: '/people/{id}/factor-removal',
    tag: 'people',
    summary: 'Start the removal of a lost second factor, which takes effect after a day',
    right: 'remove_factor',
    status: 202,
    params: byId,
    answer: person,
    thing: aPerson,
    problems: ['conflict'],
    async run({ context, by, params }) {
      requireDone(await startFactorRemoval(context, by, userOf(params.id)))
      return undefined
    },
  }),
  operation({
    id: 'stopFactorRemoval',
    method: 'DELETE',
    path: '/people/{id}/factor-removal',
    tag: 'people',
    summary: 'Stop the removal of a second factor that waits',
    description: '`If-Match` is the `ETag` of the person.',
    right: 'remove_factor',
    status: 204,
    params: byId,
    thing: aPerson,
    problems: ['conflict'],
    async run({ context, by, params }) {
      if (!(await stopFactorRemoval(context, by, userOf(params.id)))) throw new Problem('conflict', 'No removal waits.')
      return undefined
    },
  }),
  operation({
    id: 'clearGuesses',
    method: 'POST',
    path: '/people/{id}/clear-guesses',
    tag: 'people',
    summary: 'Let somebody sign in again who has guessed too often',
    right: 'clear_counters',
    params: byId,
    answer: person,
    thing: aPerson,
    async run({ context, by, params }) {
      if (!(await forgiveGuesses(context, by, userOf(params.id)))) throw new Problem('not_found')
      return undefined
    },
  }),
  operation({
    id: 'deletePerson',
    method: 'DELETE',
    path: '/people/{id}',
    tag: 'people',
    summary: 'Delete an account with its data',
    right: 'people',
    status: 204,
    params: byId,
    thing: aPerson,
    problems: ['conflict'],
    async run({ context, by, params }) {
      const deleted = await deleteUser(context, by, userOf(params.id))
      if (deleted === undefined) throw new Problem('not_found')
      if (!deleted)
        throw new Problem('conflict', 'The account owns apps. Give them another owner or delete them first.')
      return undefined
    },
  }),
]

const notDone = {
  no_mail: 'This server sends no mail.',
  no_address: 'The account has no verified e-mail address.',
  disabled: 'The account is switched off.',
  waits: 'A removal is waiting already.',
  no_factor: 'The account has no second factor.',
} as const

/** Throws the Problem that says why an act was not done. */
function requireDone(outcome: keyof typeof notDone | 'mailed' | 'started' | 'unknown'): void {
  if (outcome === 'unknown') throw new Problem('not_found')
  if (outcome !== 'mailed' && outcome !== 'started') throw new Problem('conflict', notDone[outcome])
}

/** Throws Problem where it cannot be anybody's. */
function userOf(id: string): UserId {
  if (isUserId(id)) return id
  throw new Problem('not_found')
}

/** Throws the Problem that names what is wrong with members of the body. */
function refuseProblems(problems: Readonly<Record<string, FormProblem | undefined>>): void {
  const errors = Object.entries(problems).flatMap(([member, problem]) =>
    problem === undefined ? [] : [{ pointer: `#/${member}`, detail: sayProblem(en, problem) }],
  )
  if (errors.length > 0) throw new Problem('bad_request', { detail: errors[0]?.detail, errors })
}
