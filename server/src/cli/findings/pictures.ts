/** Whether pictures can be read on this machine, and the logo of the brand with them, as `doctor` says it. */
import { drawBrand } from '../../brand_file.ts'
import { messageOf } from '../../lib/text/reason.ts'
import { createPictures, type Pictures } from '../../runtime/pictures/pictures.ts'
import type { Settings } from '../../settings.ts'
import type { Finding } from './providers.ts'

export async function lookAtPictures(
  { brand }: Pick<Settings, 'brand'>,
  pictures: Pick<Pictures, 'available' | 'draw'> = createPictures(),
): Promise<Finding[]> {
  const findings: Finding[] = []
  if (await pictures.available()) findings.push({ check: 'pictures', state: 'ok', text: 'people can upload one' })
  else {
    const text = 'the package sharp could not be loaded here, so that people cannot upload a picture'
    const repair = 'Install the server anew on this machine; sharp comes with a library for each system and processor.'
    findings.push({ check: 'pictures', state: 'warning', text, repair })
  }
  if (brand !== undefined) findings.push(await lookAtBrand(brand, pictures))
  return findings
}

/** What else could be wrong with the brand file stops this command before, as it stops the start. */
async function lookAtBrand(brand: NonNullable<Settings['brand']>, pictures: Pick<Pictures, 'draw'>): Promise<Finding> {
  const check = 'brand'
  try {
    const drawn = await drawBrand(brand, pictures)
    return { check, state: 'ok', text: `${brand.name}, ${drawn?.logo === undefined ? 'without a' : 'with its'} logo` }
  } catch (error) {
    const repair = 'Until then the server does not start. Name another file as logo in the brand file, or leave it out.'
    return { check, state: 'problem', text: messageOf(error), repair }
  }
}
