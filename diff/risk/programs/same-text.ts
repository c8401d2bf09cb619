import { readContent } from '../../../upstream/prometheus/yaml';

/** Whether two texts of a file say the same to a program: other comments, blank lines or, in YAML and JSON, another way of writing are no change. */
export function isSameText(name: string, before: string | undefined, after: string | undefined): boolean {
  if (before === after) return true;
  if (before === undefined || after === undefined) return false;
  if (withoutComments(name, before) === withoutComments(name, after)) return true;
  if (!/\.(ya?ml|json)$/.test(name)) return false;
  const read = [before, after].map(readContent);
  // Of several documents the first alone is read here.
  if (read.some(({ problem, ignoresRest }) => problem !== undefined || ignoresRest)) return false;
  const [was, is] = read.map(({ content }) => JSON.stringify(content));
  return was === is;
}

/** In scripts and configuration a line that begins with # is none; the first one of a script names what runs it. */
function withoutComments(name: string, text: string): string {
  const comment = /\.(ini|cnf)$/.test(name) ? /^\s*[#;]/ : /^\s*#(?!!)/;
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !comment.test(line))
    .join('\n');
}
