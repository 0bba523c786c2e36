/** The activity of an account: one line per event under the name of its day, in a sentence, with where it came from. */
import type { Activity } from '../../engine/account/activity.ts'
import type { ActivityKind } from '../../protocol/audit_events.ts'
import type { Words } from '../../words/index.ts'
import { agentInWords } from '../../words/user_agent.ts'
import { AccountPage } from '../kit/account_page.tsx'
import { ClockIcon } from '../kit/icons.tsx'
import type { Viewer } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { Day, TimeOfDay } from '../kit/time.tsx'
import { useWords, view } from '../kit/words.tsx'

export interface AccountActivityProps {
  readonly viewer: Viewer
  readonly items: readonly Activity[]
  /** What alone is shown; undefined is everything. */
  readonly kind?: ActivityKind | undefined
  readonly retentionDays: number
  readonly olderHref?: string | undefined
  /** Back to the newest, on every page but the first. */
  readonly newestHref?: string | undefined
}

const kinds = ['sign_ins', 'apps', 'account'] as const

export const accountActivity = view((props: AccountActivityProps) => {
  const say = useWords().activity
  const { items, olderHref, newestHref } = props
  return (
    <AccountPage title={say.title} heading={say.title} viewer={props.viewer} here="activity">
      <p class="muted">
        {say.lead(props.retentionDays)} {say.unknown}
      </p>
      <Filter kind={props.kind} />
      {items.length === 0 ? <Nothing kind={props.kind} /> : null}
      <div class="card table" hidden={items.length === 0}>
        <table id="activity">
          <caption class="unseen">{say.caption}</caption>
          <thead class="unseen">
            <tr>
              <th scope="col">{say.time}</th>
              <th scope="col">{say.what}</th>
              <th scope="col">{say.from}</th>
            </tr>
          </thead>
          <tbody>{items.flatMap((item, i) => lines(item, items[i - 1]))}</tbody>
        </table>
      </div>
      {olderHref === undefined && newestHref === undefined ? null : (
        <nav class="more" aria-label={say.pages}>
          {newestHref === undefined ? <span /> : <a href={newestHref}>{say.newest}</a>}
          {olderHref === undefined ? null : (
            <a href={olderHref} rel="next">
              {say.older}
            </a>
          )}
        </nav>
      )}
    </AccountPage>
  )
})

/** The line of an event, below the name of its day where that is another than the one before. */
function lines(item: Activity, before: Activity | undefined) {
  const { time } = useWords()
  const line = <Line item={item} />
  if (before !== undefined && time.day(before.at) === time.day(item.at)) return [line]
  return [
    <tr class="day">
      <th colspan={3} scope="colgroup">
        <Day at={item.at} />
      </th>
    </tr>,
    line,
  ]
}

function Line({ item }: { item: Activity }) {
  const words = useWords()
  const from = item.from === undefined ? undefined : fromInWords(words, item.from)
  return (
    <tr data-type={item.type}>
      <td class="time">
        <TimeOfDay at={item.at} />
      </td>
      <td>{sentenceOf(words, item)}</td>
      <td class="from">
        {from?.device === undefined ? null : <bdi>{from.device}</bdi>}
        {from?.address === undefined ? null : <bdi>{from.address}</bdi>}
      </td>
    </tr>
  )
}

/** What happened, with names that cannot turn the line around. */
export function sentenceOf({ activity: say }: Words, { type, app, provider, ...facts }: Activity): string {
  const named = app === undefined ? undefined : app === null ? say.goneApp : isolated(app)
  const through = provider === undefined ? undefined : isolated(provider)
  return say.sentences[type]({ ...facts, app: named, provider: through })
}

/** Between the marks that keep the direction of a text to itself (UAX #9, FSI and PDI). */
function isolated(text: string): string {
  return `\u2068${text}\u2069`
}

export function fromInWords({ kit }: Words, { address, userAgent }: NonNullable<Activity['from']>) {
  return {
    device: userAgent === null ? undefined : agentInWords(kit, userAgent),
    address: address === null || address === '' ? undefined : address,
  }
}

function Filter({ kind }: { kind: ActivityKind | undefined }) {
  const say = useWords().activity
  return (
    <form class="filter" method="get" action={paths.accountActivity}>
      <label>
        <span>{say.show}</span>
        <select name="show">
          <option value="">{say.kinds.all}</option>
          {kinds.map((one) => (
            <option value={one} selected={one === kind}>
              {say.kinds[one]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button plain">
        {say.filter}
      </button>
    </form>
  )
}

function Nothing({ kind }: { kind: ActivityKind | undefined }) {
  const say = useWords().activity
  return (
    <section class="card empty">
      <ClockIcon />
      <h2>{kind === undefined ? say.none : say.noneOfKind}</h2>
      <p class="muted">{say.noneHint}</p>
    </section>
  )
}
