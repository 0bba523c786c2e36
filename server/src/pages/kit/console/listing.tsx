/** What a page that lists things is made of: what is looked for, the table, nothing there, the ways to more of it. */
import type { Child } from 'hono/jsx'
import type { SelectOption } from '../form.tsx'
import { useWords } from '../words.tsx'

/** The form in which one says what to look for; its fields become the query of the page. */
export function FilterForm(props: { id?: string; action: string; children: Child }) {
  return (
    <form class="filter" id={props.id} method="get" action={props.action}>
      {props.children}
      <button type="submit" class="button plain">
        {useWords().kit.search}
      </button>
    </form>
  )
}

/** A text that is looked for. */
export function FilterText(props: { id: string; name: string; label: string; value: string | undefined }) {
  return (
    <label class="grow" for={props.id}>
      <span>{props.label}</span>
      <input
        id={props.id}
        type="search"
        name={props.name}
        value={props.value}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxlength={250}
      />
    </label>
  )
}

/** One of several states, or any. */
export function FilterSelect(props: {
  id: string
  name: string
  label: string
  /** What no choice at all is called; left out where one of them is always made. */
  any?: string
  value: string | undefined
  options: readonly SelectOption[]
}) {
  return (
    <label for={props.id}>
      <span>{props.label}</span>
      <select id={props.id} name={props.name}>
        {props.any === undefined ? null : <option value="">{props.any}</option>}
        {props.options.map(({ value, label }) => (
          <option value={value} selected={value === props.value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  )
}

/** A table with a row for each thing; each `<td>` says in `data-label` what it is, for narrow screens. */
export function ListTable(props: { id: string; caption: string; columns: readonly string[]; children: Child }) {
  return (
    <div class="card table">
      <table id={props.id}>
        <caption class="unseen">{props.caption}</caption>
        <thead>
          <tr>
            {props.columns.map((name) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  )
}

/** In place of a table without rows. */
export function NothingListed(props: { icon: Child; heading: string; children?: Child }) {
  return (
    <section class="card empty">
      {props.icon}
      <h2>{props.heading}</h2>
      {props.children === undefined ? null : <p class="muted">{props.children}</p>}
    </section>
  )
}

/** The addresses of the parts of a list beside the one that is shown; undefined where there is none. */
export interface ListWays {
  readonly first?: string | undefined
  readonly previous?: string | undefined
  readonly next?: string | undefined
}

/** The ways through a list by its cursors. */
export function ListLinks({ label, ways }: { label: string; ways: ListWays }) {
  const say = useWords().kit
  const { first, previous, next } = ways
  if (previous === undefined && next === undefined) return null
  return (
    <nav class="more" aria-label={label}>
      <span class="row">
        {previous === undefined || first === undefined ? null : <a href={first}>{say.firstPage}</a>}
        {previous === undefined ? null : (
          <a href={previous} rel="prev">
            {say.previous}
          </a>
        )}
      </span>
      {next === undefined ? null : (
        <a href={next} rel="next">
          {say.next}
        </a>
      )}
    </nav>
  )
}
