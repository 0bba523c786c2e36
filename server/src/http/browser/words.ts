/** In which language somebody reads. Nothing else decides it: there is one so far. */
import type { FastifyRequest } from 'fastify'
import { en } from '../../words/en/index.ts'
import type { Words } from '../../words/index.ts'

export function wordsOf(_request: FastifyRequest): Words {
  return en
}
