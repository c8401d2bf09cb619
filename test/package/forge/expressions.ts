/** The contexts of an expression of GitHub, such as `github` and `steps`. */
export type Contexts = Readonly<Record<string, unknown>>;

/** Whether what came before went well, in this job. */
export interface State {
  readonly failed: boolean;
}

/** The value of an expression of GitHub: names of contexts, texts, `==`, `!=`, `!`, `&&`, `||` and the functions of status. */
export function resultOf(expression: string, contexts: Contexts, { failed }: State): unknown {
  const functions: Readonly<Record<string, boolean>> = {
    'success()': !failed,
    'failure()': failed,
    'always()': true,
    'cancelled()': false,
  };
  const code = expression.replace(/'[^']*'|[a-z]+\(\)|[a-z]+(?:\.\w+)+|true|false/g, (word) => {
    if (/^'|^true$|^false$/.test(word)) return word;
    if (word.endsWith('()')) {
      if (!Object.hasOwn(functions, word)) throw new Error(`no function ${word}`);
      return String(functions[word]);
    }
    const [context, ...path] = word.split('.');
    if (!Object.hasOwn(contexts, context!)) throw new Error(`no context ${context} in: ${expression}`);
    // What is not there is empty.
    const value = path.reduce<unknown>(
      (at, name) => (at as Readonly<Record<string, unknown>> | undefined)?.[name],
      contexts[context!],
    );
    return JSON.stringify(value ?? '');
  });
  if (!/^(?:'[^']*'|"(?:[^"\\]|\\.)*"|true|false|\d+|[()!=&|]|\s)*$/.test(code))
    throw new Error(`not understood: ${expression}`);
  return new Function(`return (${code});`)();
}

/** Whether something is done: without a condition, or with one that does not speak of the status, only while nothing has failed. */
export function isDue(condition: string | undefined, contexts: Contexts, state: State): boolean {
  const expression = (condition ?? 'success()').replace(/^\$\{\{([\s\S]*)\}\}$/, '$1');
  const speaksOfStatus = /\b(success|failure|always|cancelled)\(\)/.test(expression);
  return (speaksOfStatus || !state.failed) && Boolean(resultOf(expression, contexts, state));
}

/** A text with the values of its expressions. */
export function filledIn(text: string, contexts: Contexts, state: State): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(resultOf(expression, contexts, state)));
}
