/** What changes in a file, as `diff -u` shows it; `patch` and `git apply` take it. */
export function unifiedDiff(file: string, before: string, after: string): string {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = require('diff') as typeof import('diff');
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(file, file, before, after, undefined, undefined, options).trimEnd();
}
