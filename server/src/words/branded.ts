/** Words for a server that its operator has given a name of their own. */
import type { Brand } from './brand.ts'
import type { Words } from './index.ts'

const kept = new WeakMap<Brand, WeakMap<Words, Words>>()

/** The same words with the operator's name in place of the product's. */
export function branded(words: Words, brand: Brand): Words {
  const known = kept.get(brand) ?? new WeakMap<Words, Words>()
  kept.set(brand, known)
  const made = known.get(words) ?? {
    ...words,
    kit: { ...words.kit, brand, product: brand.name, title: (title: string) => `${title} · ${brand.name}` },
  }
  known.set(words, made)
  return made
}
