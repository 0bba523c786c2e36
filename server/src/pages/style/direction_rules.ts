/** The rules of lines that run from right to left, and of what does not on a page where they do. */
export const directionRules = `
/* Code, and what is typed as code is, runs from left to right in every language. */
code, pre, textarea, input[type="email"], input[type="password"], input[inputmode="numeric"] { direction: ltr; }
code { unicode-bidi: isolate; }
/* A name that runs the other way begins where its neighbours do. */
[dir="rtl"] [dir="auto"]:dir(ltr), [dir="rtl"] bdi:dir(ltr) { text-align: end; }
/* A sign that points onward. */
.onward { display: inline-block; }
[dir="rtl"] .onward, [dir="rtl"] details:not([open]) > summary > svg { transform: scaleX(-1); }
`
