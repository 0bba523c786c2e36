/** Numbers in sentences, as a language forms its plurals (Unicode CLDR, by Intl.PluralRules). */

type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string }

/** For a language: which of the forms goes with a count. */
export function countedIn(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language)
  return (count, forms) => forms[rules.select(count)] ?? forms.other
}
