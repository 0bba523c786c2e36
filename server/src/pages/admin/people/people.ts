/** /admin/people: everybody with an account, found by the beginning of a name, an address or an ID, and by filters. */
import { listPeople } from '../../../engine/operator/person.ts'
import { operating } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { readQuery, viewerOf } from '../../visit.ts'
import { readAsk, readBeginning, readChoice, requirePage, waysThrough } from './list_query.ts'
import { peopleChoices, peopleList } from './people_view.tsx'

export const peoplePage = page({
  path: paths.consolePeople,
  guard: operating('read'),
  get: async (visit) => {
    const query = readQuery(visit)
    const wanted = {
      beginning: readBeginning(query),
      status: readChoice(query, 'status', peopleChoices.status),
      role: readChoice(query, 'role', peopleChoices.role),
      factor: readChoice(query, 'factor', peopleChoices.factor),
      address: readChoice(query, 'address', peopleChoices.address),
    }
    const found = requirePage(await listPeople(visit.context, wanted, readAsk(query)))
    const { beginning: q, ...filters } = wanted
    return peopleList({
      viewer: viewerOf(visit),
      people: found.items,
      wanted,
      ways: waysThrough(paths.consolePeople, { q, ...filters }, found),
    })
  },
})
