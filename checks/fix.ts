import { edited } from '../manifests/editing/edit';
import type { ReportedFinding } from './finding';

/** What the repairs of findings make of the files. */
export interface Fixes {
  /** The new text of each file that changes. */
  readonly texts: ReadonlyMap<string, string>;
  readonly fixed: readonly ReportedFinding[];
  readonly refused: readonly { readonly finding: ReportedFinding; readonly why: string }[];
}

/**
 * Makes the repairs of findings in the texts of their files. `textOf` gives the text of a file, or why it is not to be edited. One place
 * is edited once, however many findings name it.
 */
export function fixesOf(
  findings: readonly ReportedFinding[],
  textOf: (file: string) => { readonly text: string } | { readonly refused: string },
): Fixes {
  const texts = new Map<string, string>();
  const fixed: ReportedFinding[] = [];
  const refused: { finding: ReportedFinding; why: string }[] = [];
  const done = new Set<string>();
  for (const finding of findings) {
    const { file, repair } = finding;
    if (!repair) continue;
    const key = JSON.stringify([file, repair]);
    const known = texts.get(file);
    const before = known === undefined ? textOf(file) : { text: known };
    if (done.has(key)) fixed.push(finding);
    else if ('refused' in before) refused.push({ finding, why: before.refused });
    else {
      const after = edited(before.text, repair);
      if ('refused' in after) refused.push({ finding, why: after.refused });
      else {
        texts.set(file, after.text);
        fixed.push(finding);
        done.add(key);
      }
    }
  }
  return { texts, fixed, refused };
}
