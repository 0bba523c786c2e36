/** The list of people: who they are, what they may do, and how their accounts stand. */
import type { Account, PeopleWanted } from '../../../engine/operator/person.ts'
import { ConsolePage } from '../../kit/console/console_page.tsx'
import {
  FilterForm,
  FilterSelect,
  FilterText,
  ListLinks,
  ListTable,
  type ListWays,
  NothingListed,
} from '../../kit/console/listing.tsx'
import { PersonIcon } from '../../kit/icons.tsx'
import type { Viewer } from '../../kit/layout.tsx'
import { Tag } from '../../kit/note.tsx'
import { paths, personPath } from '../../kit/paths.ts'
import { Day } from '../../kit/time.tsx'
import { useWords, view } from '../../kit/words.tsx'

/** What there is to choose from in each filter. */
export const peopleChoices = {
  status: ['enabled', 'disabled', 'closed'],
  role: ['any', 'owner', 'admin', 'support'],
  factor: ['with', 'without'],
  address: ['verified', 'unverified', 'none'],
} as const

/** What the list shows of a person. */
export type ListedPerson = Pick<
  Account,
  'id' | 'username' | 'email' | 'emailVerified' | 'roles' | 'secondFactor' | 'enabled' | 'closingAt' | 'createdAt'
>

export interface PeopleListProps {
  readonly viewer: Viewer
  readonly people: readonly ListedPerson[]
  readonly wanted: PeopleWanted
  readonly ways: ListWays
}

export const peopleList = view((props: PeopleListProps) => {
  const { consolePeople: say } = useWords()
  const { people, wanted } = props
  const { title, filters, columns } = say
  return (
    <ConsolePage title={title} heading={title} viewer={props.viewer} here="people">
      <FilterForm action={paths.consolePeople}>
        <FilterText id="people-search" name="q" label={say.search} value={wanted.beginning} />
        {(['status', 'role', 'factor', 'address'] as const).map((name) => (
          <FilterSelect
            id={`people-${name}`}
            name={name}
            label={filters[name].label}
            any={filters[name].all}
            value={wanted[name]}
            options={peopleChoices[name].map((value) => ({ value, label: choiceIn(filters[name].choices, value) }))}
          />
        ))}
      </FilterForm>
      {people.length === 0 ? (
        <NothingListed icon={<PersonIcon />} heading={say.none}>
          {say.noneHint}
        </NothingListed>
      ) : (
        <ListTable id="people" caption={title} columns={Object.values(columns)}>
          {people.map((person) => (
            <tr data-user={person.id}>
              <td data-label={columns.person} class="whole">
                <a href={personPath(person.id)}>
                  <bdi class="strong">{person.username}</bdi>
                </a>
                {person.email === null ? null : (
                  <div class="small muted">
                    <bdi>{person.email}</bdi>
                    {person.emailVerified ? null : ` · ${say.unverified}`}
                  </div>
                )}
              </td>
              <td data-label={columns.status}>
                <span>
                  <PersonStatus {...person} />
                </span>
              </td>
              <td data-label={columns.role} class="nowrap">
                {person.roles.map((role) => say.roles[role]).join(', ') || '–'}
              </td>
              <td data-label={columns.factor}>{person.secondFactor ? say.factorOn : say.factorOff}</td>
              <td data-label={columns.since}>
                <Day at={person.createdAt} />
              </td>
            </tr>
          ))}
        </ListTable>
      )}
      <ListLinks label={say.pages} ways={props.ways} />
    </ConsolePage>
  )
})

function choiceIn(choices: Readonly<Record<string, string>>, value: string): string {
  return choices[value] ?? value
}

/** How an account stands, in a word. */
export function PersonStatus({ enabled, closingAt }: Pick<Account, 'enabled' | 'closingAt'>) {
  const say = useWords().consolePeople.states
  if (enabled) return <Tag kind="good">{say.enabled}</Tag>
  return closingAt === null ? <Tag kind="bad">{say.disabled}</Tag> : <Tag kind="warn">{say.closed}</Tag>
}
