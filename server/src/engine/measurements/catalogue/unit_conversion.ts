/** Values from one unit into another of its category. */
import { type Scale, scalable } from '../../../storage/contract.ts'
import { findUnit, type Unit, units } from './unit_catalogue.ts'

type Line = Omit<Scale, 'unit'>

/** The unit's conversion steps as one line: value × factor + offset is in the standard unit of the category. */
function toStandard({ steps }: Unit): Line | undefined {
  if (steps === undefined) return undefined
  let factor = 1
  let offset = 0
  for (const { operation, value } of steps) {
    if (operation === 'ADD') offset += value
    else {
      factor *= value
      offset *= value
    }
  }
  return { factor, offset }
}

/** What values in the one unit are multiplied by, and what is then added, or undefined where they do not convert. */
export function conversion(from: Unit, to: Unit): Line | undefined {
  if (from === to) return { factor: 1, offset: 0 }
  const [there, back] = [toStandard(from), toStandard(to)]
  if (from.category !== to.category || there === undefined || back === undefined) return undefined
  return { factor: there.factor / back.factor, offset: (there.offset - back.offset) / back.factor }
}

/** How every unit that converts into this one is scaled; the unit itself first. */
export function scalesTo(to: Unit): readonly Scale[] {
  const others = units.flatMap((from) => {
    const line = from === to ? undefined : conversion(from, to)
    return line === undefined ? [] : [{ unit: from.abbreviatedName, ...line }]
  })
  return [{ unit: to.abbreviatedName, factor: 1, offset: 0 }, ...others]
}

/** Digits that a converted value keeps; the rest is rounding. */
const digits = 12

/** A value in another unit, or undefined where it does not convert or is too large or small for it. */
export function convert(value: number, from: string, to: Unit): number | undefined {
  const unit = findUnit(from)
  const line = unit && conversion(unit, to)
  if (line === undefined) return undefined
  if (line.factor === 1 && line.offset === 0) return value
  const size = Math.abs(value)
  if (size > scalable.most || (size !== 0 && size < scalable.least)) return undefined
  // Adding 0 turns -0 into 0, which JSON has no other sign for.
  return Number((value * line.factor + line.offset).toPrecision(digits)) + 0
}

/** Whether both units are known to measure different things, such as a weight and a time. */
export function areAtOdds(one: string, other: string): boolean {
  const [a, b] = [findUnit(one), findUnit(other)]
  if (a?.steps === undefined || b?.steps === undefined) return false
  return a.category !== b.category
}
