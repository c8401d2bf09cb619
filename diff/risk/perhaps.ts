/** `; perhaps "web" is meant`, at the end of a sentence without a full stop; nothing where no name is near. */
export function perhaps(...names: readonly (string | undefined)[]): string {
  const meant = names.flatMap((name) => (name === undefined ? [] : `"${name}"`));
  return meant.length === 0 ? '' : `; perhaps ${meant.join(' or ')} is meant`;
}
