import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../checks/finding';
import { CRD_FIELDS, CRD_RULES, CRD_VALUES } from '../oracle/crd-rules';
import { newFolder } from '../render/support';
import { Project } from './project';

/** The program as users start it: bundled, in files of its own. */
test('the shipped program gives the verdict of the API server on every rule of CEL, as the sources do', () => {
  const rules = CRD_RULES.flatMap(([rule, verdict], i) =>
    verdict === 'refused' ? [] : [{ rule, message: `rule ${i}` }],
  );
  const spec = { type: 'object', properties: CRD_FIELDS, 'x-kubernetes-validations': rules };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'as.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'as', kind: 'A' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  };
  const object = { apiVersion: 'example.com/v1', kind: 'A', metadata: { name: 'a' }, spec: CRD_VALUES[0] };
  const file = join(newFolder(), 'rules.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [definition, object] }));

  const { stdout, stderr } = new Project().strata('verify', file, '--only', 'cr-schema', '--format', 'json');
  expect(stderr).toBe('');
  const { findings } = JSON.parse(stdout) as Report;
  const failed = findings.map(({ message }) => Number(/^Invalid value: rule (\d+)/.exec(message)?.[1] ?? -1));
  expect(failed.sort((a, b) => a - b)).toEqual(CRD_RULES.flatMap(([, verdict], i) => (verdict === 'fails' ? [i] : [])));
  expect(failed.length).toBeGreaterThan(40);
});
