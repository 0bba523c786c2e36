/** What the operator's brand file says (`CONSENTRY_BRAND`), and what becomes of its logo. */
import { sha256 } from '../lib/hash.ts'
import type { NotDrawn, Pictures } from './pictures/pictures.ts'

/** A document of the operator: where it is, and the version that people accept, if they are asked to. */
export interface BrandDocument {
  readonly url: string
  readonly version: string | undefined
}

export interface BrandSetting {
  readonly name: string
  /** Of links and buttons, each as #rrggbb. */
  readonly accent: { readonly light: string; readonly dark: string }
  /** An https or mailto URL. */
  readonly support?: string | undefined
  readonly terms?: BrandDocument | undefined
  readonly privacy?: BrandDocument | undefined
  readonly status?: string | undefined
  readonly footer: boolean
  /** The file of the logo. */
  readonly logo?: Buffer | undefined
}

export interface OwnBrand extends Omit<BrandSetting, 'logo'> {
  /** The logo drawn anew, as PNG, and the path at which it is served. */
  readonly logo?: { readonly path: string; readonly content: Buffer } | undefined
}

/** The brand with its logo drawn, or why that cannot be. */
export async function createBrand(
  { logo: file, ...brand }: BrandSetting,
  pictures: Pick<Pictures, 'draw'>,
): Promise<OwnBrand | NotDrawn> {
  if (file === undefined) return brand
  const content = await pictures.draw(file, 'logo')
  if (typeof content === 'string') return content
  const path = `/assets/logo.${sha256(content).toString('hex').slice(0, 16)}.png`
  return { ...brand, logo: { path, content } }
}
