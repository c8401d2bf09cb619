import type { Position } from '../manifests/reading/yaml/position';
import { positionOf } from '../manifests/reading/yaml/position';
import type { Source } from '../manifests/resource';
import { addTo } from '../model/multimap';
import type { Finding } from './check';

/**
 * Where findings stand in their files. A document is parsed when the place of a first finding in it is asked for, and once for all
 * of its findings: a text report of thousands of findings shows a few places.
 */
export function findingPositions(findings: readonly Finding[]): (finding: Finding) => Position {
  const byDocument = new Map<Source, Map<number, Finding[]>>();
  for (const finding of findings) {
    const { source, document } = finding.resource;
    const ofSource = byDocument.get(source) ?? new Map<number, Finding[]>();
    byDocument.set(source, ofSource);
    addTo(ofSource, document, finding);
  }
  const known = new Map<Finding, Position>();
  return (finding) => {
    const { source, document } = finding.resource;
    if (!known.has(finding))
      for (const other of byDocument.get(source)?.get(document) ?? [])
        known.set(other, positionOf(other.resource, other.path));
    return known.get(finding)!;
  };
}
