/** A table of the console: a line for each row, which on a phone becomes a card with a name before each value. */
import type { Child } from 'hono/jsx'

export interface Column {
  readonly name: string
  /** Numbers stand at the end of their column. */
  readonly figure?: boolean
}

export interface TableRow {
  /** What programs know the row by: `data-…` attributes. */
  readonly data?: Readonly<Record<`data-${string}`, string>>
  readonly cells: readonly Child[]
}

export function ConsoleTable(props: {
  id: string
  caption: string
  columns: readonly Column[]
  rows: readonly TableRow[]
  /** Said in place of rows. */
  none: string
}) {
  const { columns, rows } = props
  return (
    <>
      {rows.length === 0 ? <p class="muted">{props.none}</p> : null}
      <div class="card table" hidden={rows.length === 0}>
        <table id={props.id}>
          <caption class="unseen">{props.caption}</caption>
          <thead>
            <tr>
              {columns.map(({ name, figure }) => (
                <th scope="col" class={figure === true ? 'figure' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ data, cells }) => (
              <tr {...data}>
                {cells.map((cell, i) => (
                  <td data-label={columns[i]?.name} class={columns[i]?.figure === true ? 'figure' : undefined}>
                    <div>{cell}</div>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
