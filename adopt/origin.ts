/** Where several files come from: the file that all are, or the folder that all are in; undefined where there is none. */
export function commonOrigin(paths: readonly string[]): string | undefined {
  const [first = '', ...others] = new Set(paths);
  if (others.length === 0) return first;
  const folders = [first, ...others].map((path) => path.split('/').slice(0, -1));
  const differs = folders[0]!.findIndex((name, i) => folders.some((folder) => folder[i] !== name));
  const common = folders[0]!.slice(0, differs < 0 ? undefined : differs);
  return common.length > 0 ? common.join('/') : undefined;
}
