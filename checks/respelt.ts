import type { Path } from '../manifests/resource';
import { strings } from '../manifests/resource';
import { misspellingOf } from '../model/misspelling';
import type { Finding } from './check';

type Repaired = Pick<Finding, 'repair'>;

/** The repair of a name that is certainly a misspelling of one of these, if it can be of one only. */
export function respelt(written: unknown, known: Iterable<string>, path?: Path): Repaired {
  const [name, ...others] = typeof written === 'string' ? misspellingOf(written, known) : [];
  if (typeof written !== 'string' || name === undefined || others.length > 0) return {};
  return { repair: { do: 'replace', from: written, with: name, ...(path ? { path } : {}) } };
}

/** The same of the name of a port; where there is only one port to name, it is that one. */
export function respeltPort(written: unknown, names: readonly string[], isOnlyPort: boolean, path?: Path): Repaired {
  const { repair } = respelt(written, names, path);
  const [only] = new Set(names);
  if (repair || !isOnlyPort || only === undefined || new Set(names).size > 1 || typeof written !== 'string')
    return repair ? { repair } : {};
  return { repair: { do: 'replace', from: written, with: only, ...(path ? { path } : {}) } };
}

/** The repair of a selector's labels at a path: `app=web` is meant. */
export function respeltLabel(labels: unknown, meant: readonly string[], path: Path): Repaired {
  const [label, ...others] = meant;
  if (label === undefined || others.length > 0) return {};
  const [key, value] = [label.slice(0, label.indexOf('=')), label.slice(label.indexOf('=') + 1)];
  const written = strings(labels);
  const from = written[key];
  if (from !== undefined) return { repair: { do: 'replace', from, with: value, path: [...path, key] } };
  const wrong = Object.keys(written).filter((name) => written[name] === value && misspellingOf(name, [key]).length > 0);
  return wrong.length === 1 ? { repair: { do: 'rename', to: key, path: [...path, wrong[0]!] } } : {};
}
