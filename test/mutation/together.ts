/**
 * The test files that a mutant is tried on, as one: the sources are loaded once for all of them. Read by jest under test/mutation only,
 * where the environment says which files; alone it has nothing to run.
 */
declare const __testFiles: readonly string[];

for (const file of __testFiles) describe(file, () => void require(file));
