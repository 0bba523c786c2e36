/** A form with a file, as data like a page: who may send it, how large the file may be, and what is done with it. */
import type { FastifyReply } from 'fastify'
import { mostRead, readUpload, takeUploads, type Upload } from '../http/bodies/upload.ts'
import type { Page } from '../words/index.ts'
import type { Guard } from './guards.ts'
import { answer, type Route, requireOwnForm, visitOf } from './page.ts'
import { type Arrival, PageProblem } from './visit.ts'

export interface UploadSpec<V extends Arrival> {
  readonly path: string
  readonly guard: Guard<V>
  /** Bytes that the file may have. */
  readonly largest: number
  readonly post: (visit: V & Pick<Upload, 'file'>) => Page | FastifyReply | Promise<Page | FastifyReply>
}

/** Registers what a form with one file is sent to. */
export function upload<V extends Arrival>({ path, guard, largest, post }: UploadSpec<V>): Route {
  return (parent, context) => {
    parent.register(async (scope) => {
      await takeUploads(scope, largest)
      scope.post(path, { bodyLimit: mostRead }, async (request, reply) => {
        const arrived = await visitOf({ context, request, reply }, guard.bound)
        const sent = await readUpload(request)
        if (sent === undefined) throw new PageProblem('request_unclear')
        requireOwnForm(arrived, sent.csrf)
        const visit = await guard.admit(arrived, true)
        return visit === undefined ? reply : answer(reply, await post({ ...visit, file: sent.file }))
      })
    })
  }
}
