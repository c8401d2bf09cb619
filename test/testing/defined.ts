/** The tests that a helper defines, by name, instead of running them: `npx jest` runs those of the project alone. */
export function definedTests(define: () => void): ReadonlyMap<string, () => void> {
  const found = new Map<string, () => void>();
  const put = (name: string, body: () => void) => void found.set(name, body);
  const each = (rows: readonly unknown[]) => (name: string, body: (...args: unknown[]) => void) => {
    for (const row of rows) {
      const values = Array.isArray(row) ? row : [row];
      put(name.replace('%s', String(values[0])), () => body(...values));
    }
  };
  const scope = globalThis as unknown as { test: unknown };
  const real = scope.test;
  scope.test = Object.assign(put, { each });
  try {
    define();
  } finally {
    scope.test = real;
  }
  return found;
}

/** The message that a test fails with; undefined where it passes. */
export function failure(body: (() => void) | undefined): string | undefined {
  if (!body) throw new Error('there is no such test');
  try {
    body();
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
