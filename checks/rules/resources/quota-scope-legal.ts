import type { Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { conflictOf, mayCount, scopeProblem } from '../../../upstream/kubernetes/quota-scopes';
import { check } from '../../check';

const manifests = (resource: string) => `
apiVersion: v1
kind: ResourceQuota
metadata: { name: spare, namespace: shop }
spec: { scopes: [BestEffort], hard: { ${resource}: '10' } }
`;

export default check({
  id: 'quota-scope-legal',
  group: 'resources',
  description: 'a ResourceQuota counts what its scopes can count, and its scopes go together',
  severity: 'will-break',
  needs: [],
  source: 'pkg/apis/core/validation/validation.go',
  fix: 'count pods, and for all scopes but BestEffort cpu and memory; put the rest into a quota without scopes',
  example: {
    broken: manifests('requests.cpu'),
    fails: ['ResourceQuota/shop/spare spec.hard["requests.cpu"]'],
    fixed: manifests('pods'),
  },
  *judge(world) {
    for (const resource of world.of('ResourceQuota')) {
      if (resource.group !== '') continue;
      const hard = Object.keys(record(resource.at(['spec', 'hard'])) ?? {});
      const plain = list(resource.at(['spec', 'scopes'])).map((scope, i) => ({
        scope: string(scope) ?? '',
        path: ['spec', 'scopes', i] as Path,
        problem: undefined,
      }));
      const expressions = list(resource.at(['spec', 'scopeSelector', 'matchExpressions'])).map((entry, i) => {
        const json = record(entry);
        const scope = string(json?.['scopeName']) ?? '';
        const written = { scope, operator: string(json?.['operator']) ?? '', values: list(json?.['values']) };
        const path: Path = ['spec', 'scopeSelector', 'matchExpressions', i, 'scopeName'];
        return { scope, path, problem: scopeProblem(written) };
      });
      const refused = 'the API server refuses the ResourceQuota';
      const reported = new Set<string>();
      // The API server compares the scopes of each of the two fields with one another.
      for (const scopes of [plain, expressions]) {
        for (const [i, { scope, path, problem }] of scopes.entries()) {
          const conflict = conflictOf(
            scope,
            scopes.slice(0, i).map((each) => each.scope),
          );
          const wrong = problem ?? (conflict && `no pod is in the scopes ${conflict} and ${scope} at once`);
          if (wrong) yield { resource, path, value: scope, message: `${wrong}: ${refused}` };
          for (const name of hard) {
            if (mayCount(scope, name) || reported.has(name)) continue;
            reported.add(name);
            yield {
              ...{ resource, path: ['spec', 'hard', name], value: resource.at(['spec', 'hard', name]) },
              message: `${name} cannot be counted in the scope ${scope}${scope === 'BestEffort' ? ', whose pods ask for nothing' : ''}: ${refused}`,
            };
          }
        }
      }
    }
  },
});
