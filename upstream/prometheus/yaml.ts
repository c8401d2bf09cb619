import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';

/** What Go's YAML reader makes of a file. */
export interface Content {
  /** Null for a file that is empty or holds only comments; undefined where it is no YAML. */
  readonly content: unknown;
  /** Why it is none. */
  readonly problem: string | undefined;
  /** More documents follow: the first one is loaded, and the others are ignored. */
  readonly ignoresRest?: true | undefined;
}

const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/** The first document of a YAML text with merge keys (`<<`) resolved, as Prometheus and Alertmanager read their files. */
export function readContent(text: string): Content {
  const { first, rest } = documents(text);
  try {
    return {
      content: isEmpty(first) ? null : nullIfEmpty(load(first, { schema: SCHEMA })),
      problem: undefined,
      ...(isEmpty(rest) ? {} : { ignoresRest: true }),
    };
  } catch (error) {
    return { content: undefined, problem: error instanceof Error ? error.message.split('\n')[0]! : String(error) };
  }
}

/** An empty string is nothing to Go. */
function nullIfEmpty(content: unknown): unknown {
  return content === '' ? null : content;
}

/** Splits at the end of the first document. A marker at the beginning of a line is one everywhere, in a block of text too. */
function documents(text: string): { readonly first: string; readonly rest: string } {
  const lines = text.split('\n');
  let begun = false;
  for (const [i, line] of lines.entries()) {
    const marker = /^(---|\.\.\.)(?:[ \t\r](.*))?$/.exec(line)?.[1];
    if (begun && marker)
      return { first: lines.slice(0, i).join('\n'), rest: lines.slice(marker === '...' ? i + 1 : i).join('\n') };
    begun ||= marker === '---' || !/^(?:\ufeff)?\s*(?:#.*)?$|^%/.test(line);
  }
  return { first: text, rest: '' };
}

function isEmpty(text: string): boolean {
  return /^(?:\ufeff)?(?:(?:---|\.\.\.)?[ \t\r]*(?:#[^\n]*)?(?:\n|$))*$/.test(text);
}
