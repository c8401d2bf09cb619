const diffPackage = () => require('diff') as typeof import('diff');

/** What changes in a file, as `diff -u` shows it; `patch` and `git apply` take it. */
export function unifiedDiff(file: string, before: string, after: string): string {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = diffPackage();
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(file, file, before, after, undefined, undefined, options).trimEnd();
}

/** What changes in a text, with two lines around it; `…` stands for those that are left out. */
export function changedLines(before: string, after: string): string[] {
  const { structuredPatch } = diffPackage();
  const { hunks } = structuredPatch('', '', before, after, undefined, undefined, { context: 2 });
  return hunks.flatMap(({ lines }, i) => [...(i > 0 ? [' …'] : []), ...lines.filter((line) => !line.startsWith('\\'))]);
}
