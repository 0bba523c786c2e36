/** Lists of measurements that weigh as much as the API permits, for what is measured beside them. */

/** Conditions, patterns and sort columns that one list takes at most, and the rows that it answers. */
const most = { conditions: 50, patterns: 5, rows: 200 }

/** Measurements of each account that lists are asked of. */
export const measurementsPerAccount = 500_000

/** Every measurement fits each of them, so that each is held against every measurement. */
const patterns = [
  ['variableName', '%how%the%day%question%'],
  ['variableName', '!%a%name%that%nothing%has%'],
  ['variableCategoryName', '%category%'],
  ['sourceName', '%number%'],
  ['sourceName', '!%a%source%that%nothing%has%'],
]

/** In another unit than most values are kept in, so that each condition converts each value. */
const unit = ['unitName', '/10']
const values = Array.from({ length: most.conditions - most.patterns - 1 }, (_, i) => ['value', `!${1000 + i}`])

const sort = 'sourceName,variableCategoryName,variableName,unitName,clientId,value,createdAt,updatedAt'

/** All that one list may ask for at once; and one that a quiet machine answers in time, by an order that no index has. */
const queries = [
  [...patterns, unit, ...values, ['sort', sort], ['offset', measurementsPerAccount - most.rows], ['limit', most.rows]],
  [patterns[3], ['sort', '-sourceName'], ['limit', most.rows]],
].map((parameters) => new URLSearchParams(parameters.map(([name, value]) => [name, String(value)])).toString())

/** Eight connections that never pause. Lists are refused where they take too long or too many wait. */
export const dataLoad = { endpoint: 'measurements', tokens: 'diary', connections: 8, queries, answers: [200, 503] }
