/** `1 second`, `3 seconds`. */
export function soMany(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

/** The form of a verb, or of another word, that fits so many. */
export function byNumber(number: number, one: string, several: string): string {
  return number === 1 ? one : several;
}

/** So many are named; of more only the number is said. */
const NAMED = 3;

/** `a, b, c and 2 more` */
export function firstNames(names: readonly string[]): string {
  return names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ` and ${names.length - NAMED} more` : '');
}

/** The same of what has commas of its own: `one; two; three; and 2 more` */
export function firstTexts(texts: readonly string[]): string {
  return texts.slice(0, NAMED).join('; ') + (texts.length > NAMED ? `; and ${texts.length - NAMED} more` : '');
}
