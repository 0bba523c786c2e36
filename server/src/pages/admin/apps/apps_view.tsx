/** The list of apps: whose they are, how they stand, and the decision on those that wait. */
import type { ListedApp } from '../../../engine/operator/app_facts.ts'
import { AppStatus } from '../../kit/app_card.tsx'
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
import { Button, Form, type FormSecrets } from '../../kit/form.tsx'
import { AppsIcon } from '../../kit/icons.tsx'
import type { Viewer } from '../../kit/layout.tsx'
import { Tag } from '../../kit/note.tsx'
import { consoleAppPath, paths } from '../../kit/paths.ts'
import { Day } from '../../kit/time.tsx'
import { useWords, view } from '../../kit/words.tsx'

/** What there is to choose from. */
export const appChoices = ['waiting', 'enabled', 'pending', 'disabled', 'verified'] as const

export interface AppListProps extends FormSecrets {
  readonly viewer: Viewer
  readonly apps: readonly ListedApp[]
  readonly beginning?: string | undefined
  readonly show?: (typeof appChoices)[number] | undefined
  readonly ways: ListWays
  readonly mayDecide: boolean
}

export const appList = view((props: AppListProps) => {
  const { consoleApps: say } = useWords()
  const { columns } = say
  const options = appChoices.map((value) => ({ value, label: say.choices[value] }))
  return (
    <ConsolePage title={say.title} heading={say.title} viewer={props.viewer} here="apps">
      <FilterForm action={paths.consoleApps}>
        <FilterText id="apps-search" name="q" label={say.search} value={props.beginning} />
        <FilterSelect id="apps-show" name="show" label={say.show} any={say.all} value={props.show} options={options} />
      </FilterForm>
      {props.apps.length === 0 ? (
        <NothingListed icon={<AppsIcon />} heading={say.none} />
      ) : (
        <ListTable id="apps" caption={say.title} columns={Object.values(columns)}>
          {props.apps.map((app) => (
            <tr data-client={app.clientId} data-status={app.status}>
              <td data-label={columns.app} class="whole">
                <a href={consoleAppPath(app.clientId)}>
                  <bdi class="strong">{app.name}</bdi>
                </a>
                <div class="small muted">
                  <code>{app.clientId}</code>
                </div>
              </td>
              <td data-label={columns.owner}>{app.owner === undefined ? '–' : <bdi>{app.owner}</bdi>}</td>
              <td data-label={columns.status}>
                <span class="tags">
                  <AppStatus status={app.status} />
                  {app.verified ? <Tag>{say.verified}</Tag> : null}
                </span>
              </td>
              <td data-label={columns.since}>
                <Day at={app.createdAt} />
              </td>
              <td data-label={columns.decision}>
                {app.waiting !== undefined && props.mayDecide ? (
                  <ApproveForm app={app} csrf={props.csrf} look="plain" />
                ) : app.waiting === undefined ? (
                  '–'
                ) : (
                  say.waits
                )}
              </td>
            </tr>
          ))}
        </ListTable>
      )}
      <ListLinks label={say.pages} ways={props.ways} />
    </ConsolePage>
  )
})

/** Approves what the page has shown, and nothing that came meanwhile. */
export function ApproveForm({ app, csrf, look }: { app: ListedApp; csrf: string; look?: 'plain' }) {
  return (
    <Form secrets={{ csrf }} action={consoleAppPath(app.clientId)}>
      <input type="hidden" name="act" value="approve" />
      <input type="hidden" name="form" value={app.waiting} />
      <Button id={`approve-${app.clientId}`} look={look}>
        {useWords().consoleApps.approve}
      </Button>
    </Form>
  )
}
