/** /developer/apps/ID/people: who works on an app with its owner. */
import { mayDelete } from '../../../engine/developer/developer_apps.ts'
import { collaboratorLimit, describeTeam } from '../../../engine/developer/sharing.ts'
import type { Page } from '../../../words/index.ts'
import { paths, peoplePath } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { noticeOf } from '../../visit.ts'
import { drawDeveloper } from '../developer.ts'
import { appOwner, frame, type OwnApp, ownApp } from '../own_app.ts'
import { sharingPages, type Unshared } from '../sharing.ts'
import { appPeople } from './people_view.tsx'

const path = '/developer/apps/:id'

export const appPeoplePages = [
  page({
    path: `${path}/people`,
    guard: ownApp,
    get: (visit) => draw(visit, { notice: noticeOf(visit, visit.words.people.notices) }),
  }),
  ...sharingPages({
    kind: 'app',
    path,
    part: 'id',
    owner: appOwner,
    idOf: ({ client }) => client.id,
    people: { path: `${path}/people`, shown: ({ client }) => peoplePath(client.id) },
    draw,
    list: paths.developer,
    drawList: drawDeveloper,
  }),
]

async function draw(visit: OwnApp, more: Unshared & { readonly notice?: string | undefined }): Promise<Page> {
  const { context, client, by } = visit
  const team = await describeTeam(context, { kind: 'app', id: client.id })
  return appPeople({
    ...frame(visit),
    ...team,
    mine: mayDelete(by.account, client),
    limit: collaboratorLimit,
    secrets: client.secrets.length > 0,
    ...more,
    // Where there is no room there is no field to show it beside.
    problem: team.full ? (more.problem ?? more.add?.problem) : more.problem,
  })
}
