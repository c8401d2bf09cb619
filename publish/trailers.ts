/** The trailer that says which commit of the sources was rendered. */
export const SOURCE_TRAILER = 'Source-Commit';

/** The trailer of every commit that strata makes: the hash of what was rendered. */
export const HASH_TRAILER = 'Render-Hash';

/** The message with what it was made of, as `git interpret-trailers` reads it; a value that is not known is left out. */
export function withTrailers(message: string, trailers: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries(trailers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `${message.trim()}\n\n${lines.join('\n')}\n`;
}
