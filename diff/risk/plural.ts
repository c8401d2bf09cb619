/** `1 second`, `3 seconds`. */
export function soMany(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

/** The form of a verb, or of another word, that fits so many. */
export function byNumber(number: number, one: string, several: string): string {
  return number === 1 ? one : several;
}
