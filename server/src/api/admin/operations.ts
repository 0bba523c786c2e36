/** Every operation of the admin API. */
import type { Operation } from './operation.ts'
import { appOperations } from './resources/apps.ts'
import { peopleOperations } from './resources/people.ts'

export const operations: readonly Operation[] = [...peopleOperations, ...appOperations]
