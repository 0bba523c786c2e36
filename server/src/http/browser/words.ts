/** In which words somebody reads. There is one language so far; a server without the data API has no reference to name. */
import type { FastifyRequest } from 'fastify'
import { en } from '../../words/en/index.ts'
import type { Words } from '../../words/index.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether there is a data API, with a reference. */
    dataApi: boolean
  }
}

const withoutReference: Words = { ...en, kit: { ...en.kit, apiReference: undefined } }

export function wordsOf({ server }: FastifyRequest): Words {
  return server.dataApi ? en : withoutReference
}
