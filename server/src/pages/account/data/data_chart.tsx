/** A variable over time, drawn on the server: a line through the averages, and an area from the lowest to the highest. */
import type { SeriesPart, VariableSummary } from '../../../engine/measurements/own_data.ts'
import { second } from '../../../lib/clock.ts'
import { Day } from '../../kit/time.tsx'
import { useWords } from '../../kit/words.tsx'

/** Parts of the time that a chart has. */
export const chartParts = 120

const height = 100

export interface ChartProps {
  readonly variable: VariableSummary
  readonly series: readonly SeriesPart[]
}

export function Chart({ variable, series }: ChartProps) {
  const words = useWords()
  const say = words.data
  const { earliestTime, latestTime, name, unit } = variable
  if (series.length === 0 || earliestTime === null || latestTime === null) return null
  const least = Math.min(...series.map((part) => part.least))
  const most = Math.max(...series.map((part) => part.most))
  const count = series.reduce((sum, part) => sum + part.count, 0)
  const mean = series.reduce((sum, part) => sum + (part.mean * part.count) / count, 0)
  const shown = { count, least: words.number(least), most: words.number(most), mean: words.number(mean), unit }
  return (
    <figure class="chart">
      <figcaption>
        <strong dir="auto">{name}</strong>
        <span class="small muted">{say.chartSays(shown)}</span>
      </figcaption>
      <div class="plot">
        <div class="scale small muted" aria-hidden="true">
          <span>{shown.most}</span>
          <span>{shown.least}</span>
        </div>
        <svg
          viewBox={`0 0 ${chartParts} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={say.chartOf(name)}
        >
          <path class="grid" d={`M0 0H${chartParts}M0 ${height / 2}H${chartParts}M0 ${height}H${chartParts}`} />
          <path class="span" d={area(series, least, most)} />
          <path class="line" d={line(series, least, most)} />
        </svg>
        <div class="scale days small muted">
          <Day at={earliestTime * second} />
          <Day at={latestTime * second} />
        </div>
      </div>
      <p class="hint">{say.chartHint}</p>
    </figure>
  )
}

/** Where a value stands, from the top. Values that are all the same stand in the middle. */
function placeOf(value: number, least: number, most: number): number {
  if (most === least) return height / 2
  // Halves first: the difference of two large numbers may be too large.
  const share = (value / 2 - least / 2) / (most / 2 - least / 2)
  return Math.round((1 - share) * height * 100) / 100
}

function line(series: readonly SeriesPart[], least: number, most: number): string {
  const points = series.map(({ part, mean }) => `${part + 0.5} ${placeOf(mean, least, most)}`)
  // A single point is drawn as a short line.
  return `M${points.join('L')}${points.length === 1 ? 'h1' : ''}`
}

function area(series: readonly SeriesPart[], least: number, most: number): string {
  const above = series.map((one) => `${one.part + 0.5} ${placeOf(one.most, least, most)}`)
  const below = series.map((one) => `${one.part + 0.5} ${placeOf(one.least, least, most)}`).reverse()
  return `M${[...above, ...below].join('L')}Z`
}
