/** The people that entries of the operator's document name: whose an app or a key is, and who shares it. */
import type { UserId } from '../../../protocol/names.ts'
import { type Path, problemAt } from '../../../words/schema_problem.ts'

export type FindUser = (username: string) => Promise<UserId | undefined>

/** Undefined where the entry says nothing of it. */
export interface People {
  readonly owner: UserId | null | undefined
  readonly collaborators: readonly UserId[] | undefined
}

/** The accounts that the entry at `path` names, or what is wrong with the names. */
export async function findPeople(
  entry: { readonly owner?: string | null | undefined; readonly collaborators?: readonly string[] | undefined },
  path: Path,
  findUser: FindUser,
): Promise<People | { readonly problems: readonly string[] }> {
  const problems: string[] = []
  const find = async (username: string, ...member: Path): Promise<UserId[]> => {
    const person = await findUser(username)
    if (person === undefined)
      problems.push(problemAt([...path, ...member], 'is nobody in the document or the database'))
    return person === undefined ? [] : [person]
  }
  const owner = typeof entry.owner === 'string' ? (await find(entry.owner, 'owner'))[0] : entry.owner
  const found: UserId[] = []
  for (const [at, username] of (entry.collaborators ?? []).entries()) {
    found.push(...(await find(username, 'collaborators', at)))
  }
  if (problems.length > 0) return { problems }
  return { owner, collaborators: entry.collaborators === undefined ? undefined : found }
}

/** Who shares something with its owner after this: whom the document names, or who did, in the order of their IDs. */
export function sharedBy({ collaborators }: People, owner: UserId | null, present: readonly UserId[]): UserId[] {
  return [...new Set(collaborators ?? present)].filter((person) => person !== owner).sort()
}
