/** People: their accounts, and what the operator does with them. */
import { z } from 'zod'
import { accountProblems } from '../../../engine/account/new_account.ts'
import { isBlocked } from '../../../engine/account/sign_up.ts'
import {
  type Account,
  findPerson,
  findPersonByLogin,
  listPeople,
} from '../../../engine/operator/admin_api/directory.ts'
import { createUser, deleteUser, disableUser, enableUser, inviteUser } from '../../../engine/operator/people.ts'
import { NotAllowed, objectionTo } from '../../../engine/operator/ranks.ts'
import { Problem } from '../../../http/problem_details.ts'
import { canonicalEmail, canonicalUsername, emailProblem } from '../../../protocol/account_names.ts'
import { isUserId, roles, type UserId } from '../../../protocol/names.ts'
import { en } from '../../../words/en/index.ts'
import { type FormProblem, sayProblem } from '../../../words/form_problem.ts'
import { byId, type Call, type Operation, operation, type Thing, text } from '../operation.ts'
import { keysOf, pageFrom, pageOf, pageQuery } from '../pages.ts'
import { moment, momentOf, momentOrNull } from '../shapes.ts'

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
    summary: 'List people, the oldest account first',
    right: 'read',
    query: z.strictObject(pageQuery),
    answer: pageOf(person),
    async run({ context, query: { limit, cursor } }) {
      const [after] = keysOf(cursor, z.tuple([z.int()])) ?? []
      const found = await listPeople(context, limit + 1, after)
      return pageFrom(found, limit, shown, ({ number }) => [number])
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
    id: 'changePerson',
    method: 'PATCH',
    path: '/people/{id}',
    tag: 'people',
    summary: 'Switch an account on or off',
    description: 'Switching it off ends its sessions and all that apps hold of it, for good.',
    right: 'people',
    params: byId,
    body: z.strictObject({ enabled: z.boolean() }),
    answer: person,
    thing: aPerson,
    examples: { body: { enabled: false } },
    async run({ context, caller, by, params, body }) {
      await requireRank({ context, caller }, params.id)
      await (body.enabled ? enableUser : disableUser)(context, by, userOf(params.id))
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
    async run({ context, caller, by, params }) {
      await requireRank({ context, caller }, params.id)
      const deleted = await deleteUser(context, by, userOf(params.id))
      if (!deleted)
        throw new Problem('conflict', 'The account owns apps. Give them another owner or delete them first.')
      return undefined
    },
  }),
]

/** Throws NotAllowed unless the caller may act on the account. */
async function requireRank({ context, caller }: Pick<Call, 'context' | 'caller'>, id: string): Promise<void> {
  const subject = await findPerson(context, id)
  const by = { id: caller.by.id, enabled: true, roles: caller.role === undefined ? [] : [caller.role] }
  const objection = subject && objectionTo(by, subject, 'people')
  if (objection !== undefined) throw new NotAllowed(objection)
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
