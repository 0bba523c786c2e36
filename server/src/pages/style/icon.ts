/** The mark of the product as an image of its own: the tab's icon. */

export const iconPath = '/assets/icon.svg'

/** Drawn with attributes only, because a style element inside it would be held to the pages' content policy. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#0b6e5d"/>
<path d="M16 6l8 3v5.6c0 5.6-3.2 9.4-8 11.4-4.8-2-8-5.8-8-11.4V9z" fill="none" stroke="#ffffff" stroke-width="2" stroke-linejoin="round"/>
<path d="M12.2 15.8l2.9 2.9 4.9-5.4" fill="none" stroke="#ffffff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>
</svg>
`
