/** A client secret that was just made, on the way from the form that made it to the page that shows it. */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { showOnce } from '../flash.ts'
import { newSecretPath } from '../kit/paths.ts'
import type { SignedIn, Visit } from '../page.ts'

/** A secret on the way to the page that shows it. */
export const newSecret = z.object({
  secret: z.string(),
  name: z.string(),
  /** The one that it replaces, and when that ends (milliseconds); left out where it replaces none. */
  replaces: z.object({ name: z.string(), ends: z.number() }).optional(),
})
type NewSecret = Readonly<z.infer<typeof newSecret>>

/** Sends the browser to the page that shows a new secret, once. */
export function goShow(visit: Omit<Visit<SignedIn>, 'request'>, clientId: string, made: NewSecret): FastifyReply {
  return showOnce(visit, newSecretPath(clientId), made)
}
