/** A QR code as a drawing in the page itself, so that no picture has to be loaded. */

/** Modules of a code: rows from top to bottom, each from left to right. */
export interface QrModules {
  /** Modules of a side. */
  readonly size: number
  /** Truthy where a module is dark. */
  readonly data: ArrayLike<number | boolean>
}

/** Modules that are left free around a code (ISO/IEC 18004 §6.3.8). */
const quiet = 4

/** Dark on light also on a dark page: not every camera reads the reverse. */
export function QrCode({ modules, label }: { modules: QrModules; label: string }) {
  const side = modules.size + 2 * quiet
  return (
    <svg
      class="qr"
      width="208"
      height="208"
      viewBox={`${-quiet} ${-quiet} ${side} ${side}`}
      shape-rendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <rect x={-quiet} y={-quiet} width={side} height={side} fill="#fff" />
      <path d={outline(modules)} fill="#000" />
    </svg>
  )
}

/** A bar for each run of dark modules in a row. */
function outline({ size, data }: QrModules): string {
  const bars: string[] = []
  for (let row = 0; row < size; row++) {
    for (let start = 0; start < size; start++) {
      if (!data[row * size + start]) continue
      let end = start
      while (end < size && data[row * size + end]) end++
      bars.push(`M${start} ${row}h${end - start}v1h${start - end}z`)
      start = end
    }
  }
  return bars.join('')
}
