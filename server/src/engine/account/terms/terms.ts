/**
 * The operator's terms and privacy policy: which versions are in force, and who has still to accept them. They are asked for
 * at a sign-in on our pages, and noted in the session that it begins, so that no other request looks for it.
 */
import type { UserId } from '../../../protocol/names.ts'
import type { ActRecorder } from '../../../runtime/act.ts'
import type { Context } from '../../../runtime/context.ts'
import type {
  Acceptances,
  AcceptedVersion,
  Acting,
  ConsentRead,
  Session,
  TermsDocument,
} from '../../../storage/contract.ts'

export type { AcceptedVersion, TermsDocument }

/** A document of the operator with a version that people are asked to accept. */
export interface TermsInForce {
  readonly document: TermsDocument
  readonly url: string
  readonly version: string
}

/** What knows the documents of the operator. */
interface TermsContext {
  readonly settings: Pick<Context['settings'], 'brand'>
}

const documents = ['terms', 'privacy'] as const

/** The operator's documents, with or without a version. */
export function operatorDocuments({ settings: { brand } }: TermsContext): NonNullable<ConsentRead['policies']> {
  return documents.flatMap((document) => {
    const { url, version } = brand?.[document] ?? {}
    return url === undefined ? [] : [{ document, url, version }]
  })
}

/** What the operator asks people to accept; nothing where the brand file names no version. */
export function termsInForce(context: TermsContext): readonly TermsInForce[] {
  return operatorDocuments(context).flatMap(({ version, ...document }) =>
    version === undefined ? [] : [{ ...document, version }],
  )
}

/** What of it somebody has not accepted yet. */
export async function termsDue(
  context: TermsContext,
  acceptances: Pick<Acceptances, 'listByUser'>,
  userId: UserId,
): Promise<readonly TermsInForce[]> {
  const inForce = termsInForce(context)
  if (inForce.length === 0) return inForce
  const accepted = await acceptances.listByUser(userId)
  return inForce.filter(
    ({ document, version }) => !accepted.some((one) => one.document === document && one.version === version),
  )
}

/** Whether a session counts only once its holder has accepted the terms. */
export function mustAccept(context: TermsContext, { termsDue: due }: Session): boolean {
  return due && termsInForce(context).length > 0
}

/** What somebody accepts now by sending a form in this language; `shown` is the version of a document that the form showed. */
export function acceptedNow(
  context: TermsContext & Pick<Context, 'clock'>,
  shown: (document: TermsDocument) => string | undefined,
  language: string,
): readonly AcceptedVersion[] {
  const acceptedAt = context.clock.now()
  return termsInForce(context)
    .filter(({ document, version }) => shown(document) === version)
    .map(({ document, version }) => ({ document, version, acceptedAt, language }))
}

/** Stores within an act what a person has accepted. */
export async function storeAccepted(
  { acting, record }: { readonly acting: Acting; readonly record: ActRecorder },
  userId: UserId,
  accepted: readonly AcceptedVersion[],
): Promise<void> {
  if (accepted.length === 0) return
  await acting.acceptances.add(userId, accepted)
  const versions = accepted.map(({ document, version }) => ({ document, version }))
  await record('terms_accepted', { detail: { versions } })
}
