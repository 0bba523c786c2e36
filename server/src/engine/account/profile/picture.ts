/** The picture of a person: drawn anew, stored, and told to apps by an address that names what is in it. */
import { sha256 } from '../../../lib/hash.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import type { NotDrawn } from '../../../runtime/pictures/pictures.ts'
import type { Account } from '../../../storage/contract.ts'
import { actInSession, type LiveSession } from '../sessions.ts'
import { heldClaims, withClaims } from './profile.ts'

export { largestPicture } from '../../../runtime/pictures/pictures.ts'

/** Under which path pictures are served. */
export const picturesPath = '/pictures'

export type PictureChange =
  | { readonly outcome: 'changed' | 'session_over' }
  | { readonly outcome: 'not_drawn'; readonly why: NotDrawn | 'empty' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/** Gives a person the picture in a file of theirs. The file itself is kept nowhere. */
export async function changePicture(
  context: Context,
  live: LiveSession,
  file: Buffer,
  caller: Caller,
): Promise<PictureChange> {
  const { account } = live
  if (file.length === 0) return { outcome: 'not_drawn', why: 'empty' }
  if (!(await context.throttle.take('picture', account.id))) {
    return { outcome: 'throttled', retryAfter: context.throttle.retryAfter([['picture', account.id]]) }
  }
  const content = await context.pictures.draw(file, 'portrait')
  if (typeof content === 'string') return { outcome: 'not_drawn', why: content }
  const digest = sha256(content).toString('base64url')
  const picture = `${context.settings.issuer}${picturesPath}/${digest}`
  const over = { outcome: 'session_over' } as const
  return actInSession<PictureChange>(context, { live, caller, over }, async ({ acting, record }) => {
    const before = await heldClaims(acting, account)
    await acting.pictures.put(account.id, { digest, content })
    await acting.accounts.update(account.id, { claims: withClaims(before, { picture }) })
    await record('picture_changed', {})
    return { outcome: 'changed' }
  })
}

/** Takes the picture away, also one that lies elsewhere and that the operator or a provider has named. */
export function removePicture(
  context: Context,
  live: LiveSession,
  caller: Caller,
): Promise<'removed' | 'session_over'> {
  const { account } = live
  return actInSession<'removed' | 'session_over'>(
    context,
    { live, caller, over: 'session_over' },
    async ({ acting, record }) => {
      const before = await heldClaims(acting, account)
      const stored = await acting.pictures.remove(account.id)
      if (!stored && before.picture === undefined) return 'removed'
      await acting.accounts.update(account.id, { claims: withClaims(before, { picture: '' }) })
      await record('picture_removed', {})
      return 'removed'
    },
  )
}

/** What is in the picture that an address of ours names: a JPEG. */
export async function findPicture({ storage }: Pick<Context, 'storage'>, name: string): Promise<Buffer | undefined> {
  return /^[A-Za-z0-9_-]{43}$/.test(name) ? storage.pictures.find(name) : undefined
}

/** The path of a person's picture on this server; undefined where they have none, or it lies elsewhere. */
export function ownPicture(
  { settings }: { readonly settings: Pick<Context['settings'], 'issuer'> },
  { claims }: Pick<Account, 'claims'>,
): string | undefined {
  const { picture } = claims
  const ours = `${settings.issuer}${picturesPath}/`
  return typeof picture === 'string' && picture.startsWith(ours) ? picture.slice(settings.issuer.length) : undefined
}
