/**
 * Which mailed link a browser holds: one that it was opened with, or one whose mail it waits for. The ID travels in a cookie,
 * sealed to the browser, so that the link itself stands in no address, and a code is good in the browser that waits alone.
 */
import { z } from 'zod'
import { day, type Millis, seconds } from '../../lib/clock.ts'
import { sealed } from '../../runtime/keys/sealed.ts'
import type { LinkContext } from './mailed_links.ts'

const life: Millis = day
const held = sealed({ purpose: 'held link', schema: z.string(), life, version: 1 })

/** How long a browser holds a link, in seconds. */
export const heldFor = seconds(life)

/** Seals the ID of a link for a browser (its cookie's value); `as` says what it holds it as. */
export function sealHeld(context: LinkContext, id: string, browser: string, as: string): string {
  return held.seal(context, id, { place: browser, beside: as })
}

/** The ID that a browser holds; undefined where the text is not of this browser. */
export function openHeld(
  context: LinkContext,
  text: string,
  browser: readonly string[],
  as: string,
): string | undefined {
  const opened = held.open(context, text, { places: browser, beside: as })
  return opened.outcome === 'open' ? opened.value : undefined
}
